/** What the page of models asks. Separate so that no other page carries it. */
import type {
  CatalogueAnswer,
  InstallModelRequest,
  ModelInstall,
  ModelLibraryAnswer,
  OllamaAnswer,
  StickAnswer,
} from '@b3iq/wire/local-api';
import { type Answer, call } from './call.ts';

export const readLibrary = (): Promise<Answer<ModelLibraryAnswer>> => call('GET', '/api/models/library');
export const readCatalogue = (): Promise<Answer<CatalogueAnswer>> => call('GET', '/api/models/catalogue');
export const readOllama = (): Promise<Answer<OllamaAnswer>> => call('GET', '/api/models/ollama');
export const readStick = (): Promise<Answer<StickAnswer>> => call('GET', '/api/models/stick');
export const installModel = (request: InstallModelRequest): Promise<Answer<ModelInstall>> =>
  call('POST', '/api/models/installs', request);

const install = (id: string): string => `/api/models/installs/${encodeURIComponent(id)}`;
const model = (sha256: string): string => `/api/models/library/${encodeURIComponent(sha256)}`;
/** Each of these answers with the library as it is then. */
export const pauseInstall = (id: string): Promise<Answer<ModelLibraryAnswer>> =>
  call('POST', `${install(id)}/pause`, {});
export const resumeInstall = (id: string): Promise<Answer<ModelLibraryAnswer>> =>
  call('POST', `${install(id)}/resume`, {});
export const cancelInstall = (id: string): Promise<Answer<ModelLibraryAnswer>> => call('DELETE', install(id));
export const removeModel = (sha256: string): Promise<Answer<ModelLibraryAnswer>> =>
  call('DELETE', model(sha256));
export const restoreModel = (sha256: string): Promise<Answer<ModelLibraryAnswer>> =>
  call('POST', `${model(sha256)}/restore`, {});
