/** The machine's models as its doors see them. Separate so that routes and their tests need no disk. */
import type {
  CatalogueAnswer,
  InstallModelRequest,
  ModelInstall,
  ModelLibraryAnswer,
  OllamaAnswer,
  StickAnswer,
} from '@b3iq/wire/local-api';
import type { Verb } from './install/state.ts';

export interface Models {
  library(): Promise<ModelLibraryAnswer>;
  catalogue(): Promise<CatalogueAnswer>;
  ollama(): Promise<OllamaAnswer>;
  stick(): Promise<StickAnswer>;
  /** @throws model_not_found for a name that the catalogue, Ollama or the stick does not have, model_source_refused, model_already_installed, store_write_failed */
  install(request: InstallModelRequest): Promise<ModelInstall>;
  /** @throws install_not_found, install_not_possible */
  act(id: string, verb: Verb): Promise<void>;
  /** @param sha256  hostile @throws model_not_found, model_in_use */
  remove(sha256: string): Promise<void>;
  /** Within a minute of the removal. @param sha256  hostile @throws model_not_found */
  restore(sha256: string): Promise<void>;
}
