"use strict";
// Without a validator, so that the page asks no other host.
window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
});
