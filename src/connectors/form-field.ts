/** One field of a form that a platform asks for. */
export type FormField = {
  key: string;
  label: string;
  kind: "text" | "password" | "url" | "email" | "number" | "choice" | "lines";
  choices: string[];
  required: boolean;
  placeholder: string;
  help: string;
};
