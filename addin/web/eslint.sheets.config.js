import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// The script for Google Sheets: it has no modules, so its files use each other's functions, and Google calls some.
export default defineConfig(
  tseslint.configs.strict,
  { languageOptions: { sourceType: "script" } },
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error", // what the script has to say, it says in the sheet
      "@typescript-eslint/no-unused-vars": ["error", { vars: "local" }],
    },
  },
);
