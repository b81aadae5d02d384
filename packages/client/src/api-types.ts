// Made of the OpenAPI document, and kept current by apps/api/src/client-types.test.ts: do not edit.
export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers while the process lives */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It lives. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok";
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Requests, queues and the process, in Prometheus's text format
         * @description They are of the whole platform, so only keys of the project `default` read them.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The metrics. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Asks database, store and queue */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            checks: {
                                database: string;
                                queue: string;
                                store: string;
                            };
                            /** @enum {string} */
                            status: "ready" | "not_ready";
                        };
                    };
                };
                /** @description The check that is not "ok" says what is wrong. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            checks: {
                                database: string;
                                queue: string;
                                store: string;
                            };
                            /** @enum {string} */
                            status: "ready" | "not_ready";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the changes that were asked for, the newest first: who, what, when, and the status */
        get: {
            parameters: {
                query?: {
                    after?: string;
                    /** @description Only those of the API key with this id. */
                    key?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                    /** @description Only those whose answer had this id. */
                    resource?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of entries. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                at: string;
                                id: string;
                                key: {
                                    id: string;
                                    name: string;
                                };
                                method: string;
                                /** @enum {string} */
                                object: "audit.entry";
                                path: string;
                                request_id: string;
                                resource: string | null;
                                route: string;
                                status: number;
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List bulk predictions, the newest first
         * @description Those of all keys for one with the scope "data", for another its own.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of batches. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                created_at: string;
                                dataset: string | null;
                                endpoint: string;
                                error: {
                                    code: string;
                                    message: string;
                                } | null;
                                files: {
                                    [key: string]: {
                                        bytes: number;
                                        sha256: string;
                                        url: string;
                                    };
                                };
                                /** Format: date-time */
                                finished_at: string | null;
                                id: string;
                                /** @enum {string} */
                                object: "batch";
                                progress: {
                                    done: number;
                                    failed: number;
                                    images: number;
                                };
                                revision: number;
                                /** @enum {string|null} */
                                split: "train" | "validation" | "test" | null;
                                /** Format: date-time */
                                started_at: string | null;
                                /** @enum {string} */
                                status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read how far a bulk prediction is, and where its results are */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The batch. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            dataset: string | null;
                            endpoint: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            files: {
                                [key: string]: {
                                    bytes: number;
                                    sha256: string;
                                    url: string;
                                };
                            };
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            /** @enum {string} */
                            object: "batch";
                            progress: {
                                done: number;
                                failed: number;
                                images: number;
                            };
                            revision: number;
                            /** @enum {string|null} */
                            split: "train" | "validation" | "test" | null;
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a bulk prediction without results */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The batch, cancelled. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            dataset: string | null;
                            endpoint: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            files: {
                                [key: string]: {
                                    bytes: number;
                                    sha256: string;
                                    url: string;
                                };
                            };
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            /** @enum {string} */
                            object: "batch";
                            progress: {
                                done: number;
                                failed: number;
                                images: number;
                            };
                            revision: number;
                            /** @enum {string|null} */
                            split: "train" | "validation" | "test" | null;
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/files/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download results: results.jsonl or results.csv */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    file: string;
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The bytes; their sha256 is the ETag. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/jsonl": string;
                        "text/csv": string;
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blobs/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Upload a file's bytes */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    sha256: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description The bytes are stored. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            bytes: number;
                            /** @enum {string} */
                            object: "blob";
                            sha256: string;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blobs/missing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask which of these files have to be uploaded, and where to
         * @description What is not among the answers has been sent by this project, and is kept for a day at least; what only other projects have sent is missing. Where the platform stands on S3, the bytes go straight to it: `url` is absolute and needs `headers`. Else it is a path of this API, and needs the API key.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        sha256: string[];
                    };
                };
            };
            responses: {
                /** @description The missing ones. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            missing: {
                                headers: {
                                    [key: string]: string;
                                };
                                sha256: string;
                                url: string;
                            }[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List data sets, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of data sets. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                created_at: string;
                                id: string;
                                latest: {
                                    archive_sha256: string;
                                    bytes: number;
                                    /** Format: date-time */
                                    created_at: string;
                                    cut_splits: ("validation" | "test")[];
                                    dataset: string;
                                    error: {
                                        code: string;
                                        message: string;
                                    } | null;
                                    files: {
                                        accepted: number;
                                        duplicate: number;
                                        rejected: number;
                                    };
                                    /** Format: date-time */
                                    finished_at: string | null;
                                    labels: string[];
                                    /** @enum {string} */
                                    object: "dataset.version";
                                    splits: {
                                        test: {
                                            [key: string]: number;
                                        };
                                        train: {
                                            [key: string]: number;
                                        };
                                        validation: {
                                            [key: string]: number;
                                        };
                                    };
                                    /** @enum {string} */
                                    status: "ingesting" | "ready" | "rejected";
                                    tags: string[];
                                    version: number;
                                } | null;
                                name: string;
                                /** @enum {string} */
                                object: "dataset";
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make a data set without a version */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                    };
                };
            };
            responses: {
                /** @description The data set. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            id: string;
                            latest: {
                                archive_sha256: string;
                                bytes: number;
                                /** Format: date-time */
                                created_at: string;
                                cut_splits: ("validation" | "test")[];
                                dataset: string;
                                error: {
                                    code: string;
                                    message: string;
                                } | null;
                                files: {
                                    accepted: number;
                                    duplicate: number;
                                    rejected: number;
                                };
                                /** Format: date-time */
                                finished_at: string | null;
                                labels: string[];
                                /** @enum {string} */
                                object: "dataset.version";
                                splits: {
                                    test: {
                                        [key: string]: number;
                                    };
                                    train: {
                                        [key: string]: number;
                                    };
                                    validation: {
                                        [key: string]: number;
                                    };
                                };
                                /** @enum {string} */
                                status: "ingesting" | "ready" | "rejected";
                                tags: string[];
                                version: number;
                            } | null;
                            name: string;
                            /** @enum {string} */
                            object: "dataset";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a data set with its newest version */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The data set. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            id: string;
                            latest: {
                                archive_sha256: string;
                                bytes: number;
                                /** Format: date-time */
                                created_at: string;
                                cut_splits: ("validation" | "test")[];
                                dataset: string;
                                error: {
                                    code: string;
                                    message: string;
                                } | null;
                                files: {
                                    accepted: number;
                                    duplicate: number;
                                    rejected: number;
                                };
                                /** Format: date-time */
                                finished_at: string | null;
                                labels: string[];
                                /** @enum {string} */
                                object: "dataset.version";
                                splits: {
                                    test: {
                                        [key: string]: number;
                                    };
                                    train: {
                                        [key: string]: number;
                                    };
                                    validation: {
                                        [key: string]: number;
                                    };
                                };
                                /** @enum {string} */
                                status: "ingesting" | "ready" | "rejected";
                                tags: string[];
                                version: number;
                            } | null;
                            name: string;
                            /** @enum {string} */
                            object: "dataset";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Upload a zip, tar, tar.gz or tar.zst of [split/]label/image as the next version
         * @description The data set is made when it is missing. The version is ingested after the answer. An archive with the same bytes as the newest version answers that version.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/gzip": string;
                    "application/octet-stream": string;
                    "application/x-gzip": string;
                    "application/x-tar": string;
                    "application/x-zip-compressed": string;
                    "application/x-zstd": string;
                    "application/zip": string;
                    "application/zstd": string;
                };
            };
            responses: {
                /** @description The version, being ingested. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            archive_sha256: string;
                            bytes: number;
                            /** Format: date-time */
                            created_at: string;
                            cut_splits: ("validation" | "test")[];
                            dataset: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            files: {
                                accepted: number;
                                duplicate: number;
                                rejected: number;
                            };
                            /** Format: date-time */
                            finished_at: string | null;
                            labels: string[];
                            /** @enum {string} */
                            object: "dataset.version";
                            splits: {
                                test: {
                                    [key: string]: number;
                                };
                                train: {
                                    [key: string]: number;
                                };
                                validation: {
                                    [key: string]: number;
                                };
                            };
                            /** @enum {string} */
                            status: "ingesting" | "ready" | "rejected";
                            tags: string[];
                            version: number;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the next version of what lies below a prefix of an S3 bucket
         * @description Only below what the operator allows by GRAFT_IMPORT_BUCKETS. The data set is made when it is missing, and the objects are read after the answer. The same objects as the newest version answer that version.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        source: string;
                    };
                };
            };
            responses: {
                /** @description The version, being ingested. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            archive_sha256: string;
                            bytes: number;
                            /** Format: date-time */
                            created_at: string;
                            cut_splits: ("validation" | "test")[];
                            dataset: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            files: {
                                accepted: number;
                                duplicate: number;
                                rejected: number;
                            };
                            /** Format: date-time */
                            finished_at: string | null;
                            labels: string[];
                            /** @enum {string} */
                            object: "dataset.version";
                            splits: {
                                test: {
                                    [key: string]: number;
                                };
                                train: {
                                    [key: string]: number;
                                };
                                validation: {
                                    [key: string]: number;
                                };
                            };
                            /** @enum {string} */
                            status: "ingesting" | "ready" | "rejected";
                            tags: string[];
                            version: number;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a data set, the newest first */
        get: {
            parameters: {
                query?: {
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                    /** @description Only versions with this tag. */
                    tag?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of versions. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                archive_sha256: string;
                                bytes: number;
                                /** Format: date-time */
                                created_at: string;
                                cut_splits: ("validation" | "test")[];
                                dataset: string;
                                error: {
                                    code: string;
                                    message: string;
                                } | null;
                                files: {
                                    accepted: number;
                                    duplicate: number;
                                    rejected: number;
                                };
                                /** Format: date-time */
                                finished_at: string | null;
                                labels: string[];
                                /** @enum {string} */
                                object: "dataset.version";
                                splits: {
                                    test: {
                                        [key: string]: number;
                                    };
                                    train: {
                                        [key: string]: number;
                                    };
                                    validation: {
                                        [key: string]: number;
                                    };
                                };
                                /** @enum {string} */
                                status: "ingesting" | "ready" | "rejected";
                                tags: string[];
                                version: number;
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make the next version of files whose bytes have been uploaded as blobs
         * @description The data set is made when it is missing, and the version is ingested after the answer, as one of an archive is. The same paths and hashes as the newest version answer that version.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        files: {
                            bytes?: number;
                            path: string;
                            sha256: string;
                        }[];
                    };
                };
            };
            responses: {
                /** @description The version, being ingested. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            archive_sha256: string;
                            bytes: number;
                            /** Format: date-time */
                            created_at: string;
                            cut_splits: ("validation" | "test")[];
                            dataset: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            files: {
                                accepted: number;
                                duplicate: number;
                                rejected: number;
                            };
                            /** Format: date-time */
                            finished_at: string | null;
                            labels: string[];
                            /** @enum {string} */
                            object: "dataset.version";
                            splits: {
                                test: {
                                    [key: string]: number;
                                };
                                train: {
                                    [key: string]: number;
                                };
                                validation: {
                                    [key: string]: number;
                                };
                            };
                            /** @enum {string} */
                            status: "ingesting" | "ready" | "rejected";
                            tags: string[];
                            version: number;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a version: its state, labels and counts */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The version. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            archive_sha256: string;
                            bytes: number;
                            /** Format: date-time */
                            created_at: string;
                            cut_splits: ("validation" | "test")[];
                            dataset: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            files: {
                                accepted: number;
                                duplicate: number;
                                rejected: number;
                            };
                            /** Format: date-time */
                            finished_at: string | null;
                            labels: string[];
                            /** @enum {string} */
                            object: "dataset.version";
                            splits: {
                                test: {
                                    [key: string]: number;
                                };
                                train: {
                                    [key: string]: number;
                                };
                                validation: {
                                    [key: string]: number;
                                };
                            };
                            /** @enum {string} */
                            status: "ingesting" | "ready" | "rejected";
                            tags: string[];
                            version: number;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete a version of which no job was made */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is gone, and its number is not given again. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Tag a version
         * @description The tags replace those that are there. What is in the version never changes.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        tags: string[];
                    };
                };
            };
            responses: {
                /** @description The version as it is now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            archive_sha256: string;
                            bytes: number;
                            /** Format: date-time */
                            created_at: string;
                            cut_splits: ("validation" | "test")[];
                            dataset: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            files: {
                                accepted: number;
                                duplicate: number;
                                rejected: number;
                            };
                            /** Format: date-time */
                            finished_at: string | null;
                            labels: string[];
                            /** @enum {string} */
                            object: "dataset.version";
                            splits: {
                                test: {
                                    [key: string]: number;
                                };
                                train: {
                                    [key: string]: number;
                                };
                                validation: {
                                    [key: string]: number;
                                };
                            };
                            /** @enum {string} */
                            status: "ingesting" | "ready" | "rejected";
                            tags: string[];
                            version: number;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/datasets/{name}/versions/{version}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a version as a zip of split/label/image */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The zip. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/zip": string;
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/versions/{version}/diff/{other}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what has changed from a version to another one */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path: {
                    name: string;
                    other: number;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of changes, and the counts of all. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            counts: {
                                [key: string]: number;
                            };
                            data: {
                                after: {
                                    label: string;
                                    path: string;
                                    /** @enum {string} */
                                    split: "train" | "validation" | "test";
                                } | null;
                                before: {
                                    label: string;
                                    path: string;
                                    /** @enum {string} */
                                    split: "train" | "validation" | "test";
                                } | null;
                                /** @enum {string} */
                                change: "added" | "removed" | "relabelled" | "moved";
                                sha256: string;
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/versions/{version}/edits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the next version: this one with images relabelled, moved to another split, or left out
         * @description The version itself never changes. No byte travels, and no image is decoded again.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        edits: {
                            exclude?: boolean;
                            label?: string;
                            sha256: string;
                            /** @enum {string} */
                            split?: "train" | "validation" | "test";
                        }[];
                    };
                };
            };
            responses: {
                /** @description The next version, being ingested. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            archive_sha256: string;
                            bytes: number;
                            /** Format: date-time */
                            created_at: string;
                            cut_splits: ("validation" | "test")[];
                            dataset: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            files: {
                                accepted: number;
                                duplicate: number;
                                rejected: number;
                            };
                            /** Format: date-time */
                            finished_at: string | null;
                            labels: string[];
                            /** @enum {string} */
                            object: "dataset.version";
                            splits: {
                                test: {
                                    [key: string]: number;
                                };
                                train: {
                                    [key: string]: number;
                                };
                                validation: {
                                    [key: string]: number;
                                };
                            };
                            /** @enum {string} */
                            status: "ingesting" | "ready" | "rejected";
                            tags: string[];
                            version: number;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/versions/{version}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the files of a version in the order of its archive, each with its verdict */
        get: {
            parameters: {
                query?: {
                    after?: string;
                    label?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                    split?: "train" | "validation" | "test";
                    status?: "accepted" | "rejected" | "duplicate";
                };
                header?: never;
                path: {
                    name: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of files. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                label: string | null;
                                lookalike: number | null;
                                /** @enum {string} */
                                object: "dataset.file";
                                path: string;
                                reason: {
                                    code: string;
                                    message: string;
                                } | null;
                                sha256: string | null;
                                /** @enum {string|null} */
                                split: "train" | "validation" | "test" | null;
                                /** @enum {string} */
                                status: "accepted" | "rejected" | "duplicate";
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/versions/{version}/files/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an image of a version: the bytes as they were uploaded */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                    sha256: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The image. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/*": string;
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/versions/{version}/files/{sha256}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a thumbnail of an image: WebP, 256 pixels at most */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                    sha256: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The thumbnail. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/webp": string;
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/versions/{version}/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the jobs on a data set version, the newest first, with the models and endpoints that came of them */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path: {
                    name: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of jobs. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                endpoints: {
                                    endpoint: string;
                                    model: string;
                                    shadow: boolean;
                                    weight: number | null;
                                }[];
                                job: string;
                                /** @enum {string} */
                                object: "fine_tuning.job.lineage";
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                /** @enum {string} */
                                status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                                versions: string[];
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/versions/{version}/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read counts, sizes, shapes and imbalance of the images of a version */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The statistics. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            aspect_ratio: {
                                greatest: number;
                                least: number;
                                mean: number;
                                median: number;
                                p95: number;
                            } | null;
                            bytes: {
                                greatest: number;
                                least: number;
                                mean: number;
                                median: number;
                                p95: number;
                            } | null;
                            classes: number;
                            dataset: string;
                            height: {
                                greatest: number;
                                least: number;
                                mean: number;
                                median: number;
                                p95: number;
                            } | null;
                            images: number;
                            imbalance: number | null;
                            labels: {
                                [key: string]: number;
                            };
                            /** @enum {string} */
                            object: "dataset.statistics";
                            reasons: {
                                [key: string]: number;
                            };
                            version: number;
                            width: {
                                greatest: number;
                                least: number;
                                mean: number;
                                median: number;
                                p95: number;
                            } | null;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List endpoints by name */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of endpoints. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                canary: {
                                    id: string;
                                    model: string;
                                    share: number;
                                } | null;
                                capture: {
                                    /** @default 30 */
                                    retention_days?: number;
                                    share: number;
                                } | null;
                                /** Format: date-time */
                                created_at: string;
                                fallback: {
                                    model: string;
                                    weight: number;
                                }[] | null;
                                faults: {
                                    /** Format: date-time */
                                    at: string;
                                    message: string;
                                    model: string;
                                }[];
                                id: string;
                                idle_timeout_seconds: number | null;
                                name: string;
                                /** @enum {string} */
                                object: "endpoint";
                                revision: number;
                                shadow: string | null;
                                /** @enum {string} */
                                status: "ready" | "fallback" | "failing";
                                threshold: number | {
                                    precision: number;
                                };
                                thresholds: {
                                    [key: string]: number;
                                };
                                traffic: {
                                    model: string;
                                    weight: number;
                                }[];
                                /** Format: date-time */
                                updated_at: string;
                                url: string;
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an endpoint as it is, or was at a time */
        get: {
            parameters: {
                query?: {
                    /** @description RFC 3339 */
                    at?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The endpoint. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            canary: {
                                id: string;
                                model: string;
                                share: number;
                            } | null;
                            capture: {
                                /** @default 30 */
                                retention_days?: number;
                                share: number;
                            } | null;
                            /** Format: date-time */
                            created_at: string;
                            fallback: {
                                model: string;
                                weight: number;
                            }[] | null;
                            faults: {
                                /** Format: date-time */
                                at: string;
                                message: string;
                                model: string;
                            }[];
                            id: string;
                            idle_timeout_seconds: number | null;
                            name: string;
                            /** @enum {string} */
                            object: "endpoint";
                            revision: number;
                            shadow: string | null;
                            /** @enum {string} */
                            status: "ready" | "fallback" | "failing";
                            threshold: number | {
                                precision: number;
                            };
                            thresholds: {
                                [key: string]: number;
                            };
                            traffic: {
                                model: string;
                                weight: number;
                            }[];
                            /** Format: date-time */
                            updated_at: string;
                            url: string;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Serve model versions at an endpoint, made when it is missing
         * @description A name or an alias is resolved to its version now. Of several versions each answers its share of the requests. The change is served by this process at once, and by every other within a second.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default null */
                        capture?: {
                            /** @default 30 */
                            retention_days?: number;
                            share: number;
                        } | null;
                        /** @default null */
                        idle_timeout_seconds?: number | null;
                        /** @default null */
                        shadow?: string | null;
                        /** @default 0 */
                        threshold?: number | {
                            precision: number;
                        };
                        /** @default {} */
                        thresholds?: {
                            [key: string]: number;
                        };
                        traffic: {
                            model: string;
                            weight: number;
                        }[];
                    };
                };
            };
            responses: {
                /** @description The endpoint. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            canary: {
                                id: string;
                                model: string;
                                share: number;
                            } | null;
                            capture: {
                                /** @default 30 */
                                retention_days?: number;
                                share: number;
                            } | null;
                            /** Format: date-time */
                            created_at: string;
                            fallback: {
                                model: string;
                                weight: number;
                            }[] | null;
                            faults: {
                                /** Format: date-time */
                                at: string;
                                message: string;
                                model: string;
                            }[];
                            id: string;
                            idle_timeout_seconds: number | null;
                            name: string;
                            /** @enum {string} */
                            object: "endpoint";
                            revision: number;
                            shadow: string | null;
                            /** @enum {string} */
                            status: "ready" | "fallback" | "failing";
                            threshold: number | {
                                precision: number;
                            };
                            thresholds: {
                                [key: string]: number;
                            };
                            traffic: {
                                model: string;
                                weight: number;
                            }[];
                            /** Format: date-time */
                            updated_at: string;
                            url: string;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Classify all images of a data set version, or of a zip, tar, tar.gz or tar.zst
         * @description Answers at once; the work goes on below that of callers who wait. The endpoint answers as it is now, whatever is changed meanwhile. For a data set version it needs a key with the scope "data" as well: the results name its images. An archive is the body itself; its files are asked about and deleted, and become no data set.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/gzip": string;
                    "application/json": {
                        dataset: string;
                        /** @enum {string} */
                        split?: "train" | "validation" | "test";
                    };
                    "application/octet-stream": string;
                    "application/x-gzip": string;
                    "application/x-tar": string;
                    "application/x-zip-compressed": string;
                    "application/x-zstd": string;
                    "application/zip": string;
                    "application/zstd": string;
                };
            };
            responses: {
                /** @description The batch, queued. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            dataset: string | null;
                            endpoint: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            files: {
                                [key: string]: {
                                    bytes: number;
                                    sha256: string;
                                    url: string;
                                };
                            };
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            /** @enum {string} */
                            object: "batch";
                            progress: {
                                done: number;
                                failed: number;
                                images: number;
                            };
                            revision: number;
                            /** @enum {string|null} */
                            split: "train" | "validation" | "test" | null;
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/canary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the newest canary of an endpoint: where it stands, and what it rests on */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The canary. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            endpoint: string;
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            max_disagreement: number;
                            max_error_rate: number;
                            min_requests: number;
                            minutes_per_step: number;
                            model: string;
                            /** @enum {string} */
                            object: "canary";
                            reason: string;
                            share: number;
                            /** @enum {string} */
                            status: "running" | "succeeded" | "rolled_back" | "cancelled" | "superseded";
                            /** Format: date-time */
                            step_since: string;
                            steps: {
                                answered: number;
                                compared: number;
                                disagreed: number;
                                failed: number;
                                share: number;
                            }[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Give a model version more of the traffic step by step, as long as it does well
         * @description Each step lasts its time, and until it rests on `min_requests` answers and comparisons with the traffic before. Where the version fails, or disagrees with that, more often than the bounds allow, the traffic returns to what it was. Each step is a revision. Any other change of the endpoint ends the canary, and stands.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default 0.2 */
                        max_disagreement?: number;
                        /** @default 0.01 */
                        max_error_rate?: number;
                        /** @default 100 */
                        min_requests?: number;
                        /** @default 10 */
                        minutes_per_step?: number;
                        model: string;
                        /**
                         * @default [
                         *       5,
                         *       25,
                         *       50,
                         *       100
                         *     ]
                         */
                        steps?: number[];
                    };
                };
            };
            responses: {
                /** @description The canary, at its first step. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            endpoint: string;
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            max_disagreement: number;
                            max_error_rate: number;
                            min_requests: number;
                            minutes_per_step: number;
                            model: string;
                            /** @enum {string} */
                            object: "canary";
                            reason: string;
                            share: number;
                            /** @enum {string} */
                            status: "running" | "succeeded" | "rolled_back" | "cancelled" | "superseded";
                            /** Format: date-time */
                            step_since: string;
                            steps: {
                                answered: number;
                                compared: number;
                                disagreed: number;
                                failed: number;
                                share: number;
                            }[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/canary/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a canary, and return the traffic to what it was before */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The canary, cancelled. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            endpoint: string;
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            max_disagreement: number;
                            max_error_rate: number;
                            min_requests: number;
                            minutes_per_step: number;
                            model: string;
                            /** @enum {string} */
                            object: "canary";
                            reason: string;
                            share: number;
                            /** @enum {string} */
                            status: "running" | "succeeded" | "rolled_back" | "cancelled" | "superseded";
                            /** Format: date-time */
                            step_since: string;
                            steps: {
                                answered: number;
                                compared: number;
                                disagreed: number;
                                failed: number;
                                share: number;
                            }[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/captures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the images that are kept, the newest or the least sure first */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Only those that have, or have not, got feedback. */
                    labelled?: "true" | "false";
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                    /** @description `uncertainty`: those that are most worth a label come first. */
                    order?: "newest" | "uncertainty";
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of kept images. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                created_at: string;
                                endpoint: string;
                                /** Format: date-time */
                                expires_at: string;
                                id: string;
                                image_url: string;
                                label: string | null;
                                /** Format: date-time */
                                labelled_at: string | null;
                                model: string | null;
                                /** @enum {string} */
                                object: "capture";
                                predictions: {
                                    confidence: number;
                                    label: string;
                                }[];
                                sha256: string;
                                uncertainty: number | null;
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/captures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Keep an image no longer
         * @description Its bytes go with the hourly collection, unless a data set has them.
         */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is not kept any more. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/captures/{id}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a kept image: the bytes as they came */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The image. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/*": string;
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare the answers of an endpoint with those for the test split of its models
         * @description Histograms of confidences and of first labels, counted by the hour without any image, and the population stability index of each against the answers in the report of the model. Below 100 predictions it judges nothing. Other processes of the platform add their counts every five seconds.
         */
        get: {
            parameters: {
                query?: {
                    /** @description RFC 3339; a day ago without it. */
                    since?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description For each version that has answered since. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            endpoint: string;
                            models: {
                                confidence: {
                                    bins: {
                                        from: number;
                                        reference: number | null;
                                        served: number;
                                        to: number;
                                    }[];
                                    psi: number | null;
                                    /** @enum {string|null} */
                                    status: "stable" | "shifted" | "too_few" | null;
                                    threshold: number | null;
                                };
                                labels: {
                                    counts: {
                                        label: string;
                                        reference: number | null;
                                        served: number;
                                    }[];
                                    psi: number | null;
                                    /** @enum {string|null} */
                                    status: "stable" | "shifted" | "too_few" | null;
                                    threshold: number | null;
                                };
                                model: string;
                                predictions: number;
                                reference: {
                                    images: number;
                                    /** @enum {string} */
                                    split: "test" | "validation";
                                } | null;
                            }[];
                            /** @enum {string} */
                            object: "endpoint.drift";
                            /** Format: date-time */
                            since: string;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/embed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The network's 512 features of an image, or of several
         * @description Takes what `predict` takes. Images that look alike to the network have features of a high cosine; those of two model versions cannot be compared.
         */
        post: {
            parameters: {
                query?: {
                    /** @description As the header X-Routing-Key. */
                    routing_key?: string;
                };
                header?: {
                    /** @description Milliseconds in which the answer is wanted. It is refused at once where the wait would be longer, and not worked on once they have passed. */
                    "x-deadline-ms"?: number;
                    /** @description Of several versions, requests with the same key meet the same one. Also as `?routing_key=`. */
                    "x-routing-key"?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        image: string;
                    } | {
                        images: string[];
                    };
                    "application/octet-stream": string;
                    "image/*": string;
                    "multipart/form-data": {
                        [key: string]: string;
                    };
                };
            };
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            embedding: number[];
                            endpoint: string;
                            fallback?: {
                                /** @enum {string} */
                                code: "unauthorized" | "forbidden" | "not_found" | "method_not_allowed" | "invalid_request" | "invalid_json" | "invalid_name" | "already_exists" | "state_conflict" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "idempotency_key_reused" | "idempotency_in_progress" | "body_incomplete" | "body_too_slow" | "tus_version_unsupported" | "offset_mismatch" | "archive_unreadable" | "archive_encrypted" | "archive_bomb" | "archive_too_many_entries" | "archive_checksum_mismatch" | "path_unsafe" | "entry_not_a_file" | "layout_unknown" | "label_invalid" | "path_twin" | "label_twin" | "import_not_allowed" | "blobs_missing" | "dataset_not_ready" | "dataset_rejected" | "too_few_classes" | "too_many_classes" | "too_few_images" | "duplicate_image" | "lookalike_image" | "conflicting_labels" | "image_empty" | "image_type_unsupported" | "image_undecodable" | "image_too_large" | "too_many_jobs" | "too_many_batches" | "too_many_evaluations" | "sweep_empty" | "labels_unknown" | "engine_unavailable" | "diverged" | "out_of_memory" | "trainer_crashed" | "trainer_silent" | "trainer_lost" | "lease_lost" | "weights_invalid" | "weights_too_slow" | "model_corrupt" | "endpoint_empty" | "webhook_target_refused" | "database_unavailable" | "store_full" | "store_unavailable" | "precondition_failed" | "checksum_mismatch" | "data_directory_in_use" | "request_abandoned" | "deadline_exceeded" | "overloaded" | "shutting_down" | "internal";
                                instead_of: string;
                            };
                            model: string;
                            /** @enum {string} */
                            object: "embedding";
                            timings: {
                                decode: number;
                                queue: number;
                                run: number;
                                total: number;
                            };
                        } | {
                            data: ({
                                embedding: number[];
                                endpoint: string;
                                fallback?: {
                                    /** @enum {string} */
                                    code: "unauthorized" | "forbidden" | "not_found" | "method_not_allowed" | "invalid_request" | "invalid_json" | "invalid_name" | "already_exists" | "state_conflict" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "idempotency_key_reused" | "idempotency_in_progress" | "body_incomplete" | "body_too_slow" | "tus_version_unsupported" | "offset_mismatch" | "archive_unreadable" | "archive_encrypted" | "archive_bomb" | "archive_too_many_entries" | "archive_checksum_mismatch" | "path_unsafe" | "entry_not_a_file" | "layout_unknown" | "label_invalid" | "path_twin" | "label_twin" | "import_not_allowed" | "blobs_missing" | "dataset_not_ready" | "dataset_rejected" | "too_few_classes" | "too_many_classes" | "too_few_images" | "duplicate_image" | "lookalike_image" | "conflicting_labels" | "image_empty" | "image_type_unsupported" | "image_undecodable" | "image_too_large" | "too_many_jobs" | "too_many_batches" | "too_many_evaluations" | "sweep_empty" | "labels_unknown" | "engine_unavailable" | "diverged" | "out_of_memory" | "trainer_crashed" | "trainer_silent" | "trainer_lost" | "lease_lost" | "weights_invalid" | "weights_too_slow" | "model_corrupt" | "endpoint_empty" | "webhook_target_refused" | "database_unavailable" | "store_full" | "store_unavailable" | "precondition_failed" | "checksum_mismatch" | "data_directory_in_use" | "request_abandoned" | "deadline_exceeded" | "overloaded" | "shutting_down" | "internal";
                                    instead_of: string;
                                };
                                model: string;
                                /** @enum {string} */
                                object: "embedding";
                                timings: {
                                    decode: number;
                                    queue: number;
                                    run: number;
                                    total: number;
                                };
                            } | {
                                /** @enum {string} */
                                code: "unauthorized" | "forbidden" | "not_found" | "method_not_allowed" | "invalid_request" | "invalid_json" | "invalid_name" | "already_exists" | "state_conflict" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "idempotency_key_reused" | "idempotency_in_progress" | "body_incomplete" | "body_too_slow" | "tus_version_unsupported" | "offset_mismatch" | "archive_unreadable" | "archive_encrypted" | "archive_bomb" | "archive_too_many_entries" | "archive_checksum_mismatch" | "path_unsafe" | "entry_not_a_file" | "layout_unknown" | "label_invalid" | "path_twin" | "label_twin" | "import_not_allowed" | "blobs_missing" | "dataset_not_ready" | "dataset_rejected" | "too_few_classes" | "too_many_classes" | "too_few_images" | "duplicate_image" | "lookalike_image" | "conflicting_labels" | "image_empty" | "image_type_unsupported" | "image_undecodable" | "image_too_large" | "too_many_jobs" | "too_many_batches" | "too_many_evaluations" | "sweep_empty" | "labels_unknown" | "engine_unavailable" | "diverged" | "out_of_memory" | "trainer_crashed" | "trainer_silent" | "trainer_lost" | "lease_lost" | "weights_invalid" | "weights_too_slow" | "model_corrupt" | "endpoint_empty" | "webhook_target_refused" | "database_unavailable" | "store_full" | "store_unavailable" | "precondition_failed" | "checksum_mismatch" | "data_directory_in_use" | "request_abandoned" | "deadline_exceeded" | "overloaded" | "shutting_down" | "internal";
                                detail: string;
                                errors: {
                                    code: string;
                                    message: string;
                                    path: string;
                                }[];
                                status: number;
                                title: string;
                                type: string;
                            })[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell the right label of a prediction
         * @description The last word stands. Where the image was not kept it has to come along, as base64 or as the file of a form. The label may be one that the model does not know.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        image?: string;
                        label: string;
                        prediction: string;
                    };
                    "multipart/form-data": {
                        /** Format: binary */
                        image?: string;
                        label: string;
                        prediction: string;
                    };
                };
            };
            responses: {
                /** @description What is kept of the prediction. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            endpoint: string;
                            /** Format: date-time */
                            expires_at: string;
                            id: string;
                            image_url: string;
                            label: string | null;
                            /** Format: date-time */
                            labelled_at: string | null;
                            model: string | null;
                            /** @enum {string} */
                            object: "capture";
                            predictions: {
                                confidence: number;
                                label: string;
                            }[];
                            sha256: string;
                            uncertainty: number | null;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/feedback/pull": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a data set version of all kept images that have a label
         * @description The newest version that is ready, with the labelled images in its training split, becomes the next one; images that it has already get the label of the feedback. A data set that is missing is made of them alone.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        dataset: string;
                    };
                };
            };
            responses: {
                /** @description The version, and what is new in it. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            added: number;
                            known: number;
                            /** @enum {string} */
                            object: "feedback.pull";
                            relabelled: number;
                            version: {
                                archive_sha256: string;
                                bytes: number;
                                /** Format: date-time */
                                created_at: string;
                                cut_splits: ("validation" | "test")[];
                                dataset: string;
                                error: {
                                    code: string;
                                    message: string;
                                } | null;
                                files: {
                                    accepted: number;
                                    duplicate: number;
                                    rejected: number;
                                };
                                /** Format: date-time */
                                finished_at: string | null;
                                labels: string[];
                                /** @enum {string} */
                                object: "dataset.version";
                                splits: {
                                    test: {
                                        [key: string]: number;
                                    };
                                    train: {
                                        [key: string]: number;
                                    };
                                    validation: {
                                        [key: string]: number;
                                    };
                                };
                                /** @enum {string} */
                                status: "ingesting" | "ready" | "rejected";
                                tags: string[];
                                version: number;
                            };
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/predict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Classify an image, or several
         * @description An image as the body, or {"image": BASE64}, is answered by a prediction. Several in a multipart form, or {"images": [BASE64, ...]}, are answered by {"data": [...]}: a prediction or a problem for each, in order.
         */
        post: {
            parameters: {
                query?: {
                    /** @description Adds the class activation map of the first label, as a grid and a picture. */
                    explain?: "cam";
                    /** @description As the header X-Routing-Key. */
                    routing_key?: string;
                    /** @description Labels of each answer; all without it. */
                    top_k?: number;
                };
                header?: {
                    /** @description Milliseconds in which the answer is wanted. It is refused at once where the wait would be longer, and not worked on once they have passed. */
                    "x-deadline-ms"?: number;
                    /** @description Of several versions, requests with the same key meet the same one. Also as `?routing_key=`. */
                    "x-routing-key"?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        image: string;
                    } | {
                        images: string[];
                    };
                    "application/octet-stream": string;
                    "image/*": string;
                    "multipart/form-data": {
                        [key: string]: string;
                    };
                };
            };
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            decision: "accept" | "abstain";
                            endpoint: string;
                            explanation?: {
                                grid: number[][];
                                label: string;
                                /** @enum {string} */
                                method: "cam";
                                overlay_png: string;
                            };
                            fallback?: {
                                /** @enum {string} */
                                code: "unauthorized" | "forbidden" | "not_found" | "method_not_allowed" | "invalid_request" | "invalid_json" | "invalid_name" | "already_exists" | "state_conflict" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "idempotency_key_reused" | "idempotency_in_progress" | "body_incomplete" | "body_too_slow" | "tus_version_unsupported" | "offset_mismatch" | "archive_unreadable" | "archive_encrypted" | "archive_bomb" | "archive_too_many_entries" | "archive_checksum_mismatch" | "path_unsafe" | "entry_not_a_file" | "layout_unknown" | "label_invalid" | "path_twin" | "label_twin" | "import_not_allowed" | "blobs_missing" | "dataset_not_ready" | "dataset_rejected" | "too_few_classes" | "too_many_classes" | "too_few_images" | "duplicate_image" | "lookalike_image" | "conflicting_labels" | "image_empty" | "image_type_unsupported" | "image_undecodable" | "image_too_large" | "too_many_jobs" | "too_many_batches" | "too_many_evaluations" | "sweep_empty" | "labels_unknown" | "engine_unavailable" | "diverged" | "out_of_memory" | "trainer_crashed" | "trainer_silent" | "trainer_lost" | "lease_lost" | "weights_invalid" | "weights_too_slow" | "model_corrupt" | "endpoint_empty" | "webhook_target_refused" | "database_unavailable" | "store_full" | "store_unavailable" | "precondition_failed" | "checksum_mismatch" | "data_directory_in_use" | "request_abandoned" | "deadline_exceeded" | "overloaded" | "shutting_down" | "internal";
                                instead_of: string;
                            };
                            id: string;
                            model: string;
                            /** @enum {string} */
                            object: "prediction";
                            predictions: {
                                confidence: number;
                                label: string;
                            }[];
                            threshold: number | null;
                            timings: {
                                decode: number;
                                queue: number;
                                run: number;
                                total: number;
                            };
                        } | {
                            data: ({
                                /** @enum {string} */
                                decision: "accept" | "abstain";
                                endpoint: string;
                                explanation?: {
                                    grid: number[][];
                                    label: string;
                                    /** @enum {string} */
                                    method: "cam";
                                    overlay_png: string;
                                };
                                fallback?: {
                                    /** @enum {string} */
                                    code: "unauthorized" | "forbidden" | "not_found" | "method_not_allowed" | "invalid_request" | "invalid_json" | "invalid_name" | "already_exists" | "state_conflict" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "idempotency_key_reused" | "idempotency_in_progress" | "body_incomplete" | "body_too_slow" | "tus_version_unsupported" | "offset_mismatch" | "archive_unreadable" | "archive_encrypted" | "archive_bomb" | "archive_too_many_entries" | "archive_checksum_mismatch" | "path_unsafe" | "entry_not_a_file" | "layout_unknown" | "label_invalid" | "path_twin" | "label_twin" | "import_not_allowed" | "blobs_missing" | "dataset_not_ready" | "dataset_rejected" | "too_few_classes" | "too_many_classes" | "too_few_images" | "duplicate_image" | "lookalike_image" | "conflicting_labels" | "image_empty" | "image_type_unsupported" | "image_undecodable" | "image_too_large" | "too_many_jobs" | "too_many_batches" | "too_many_evaluations" | "sweep_empty" | "labels_unknown" | "engine_unavailable" | "diverged" | "out_of_memory" | "trainer_crashed" | "trainer_silent" | "trainer_lost" | "lease_lost" | "weights_invalid" | "weights_too_slow" | "model_corrupt" | "endpoint_empty" | "webhook_target_refused" | "database_unavailable" | "store_full" | "store_unavailable" | "precondition_failed" | "checksum_mismatch" | "data_directory_in_use" | "request_abandoned" | "deadline_exceeded" | "overloaded" | "shutting_down" | "internal";
                                    instead_of: string;
                                };
                                id: string;
                                model: string;
                                /** @enum {string} */
                                object: "prediction";
                                predictions: {
                                    confidence: number;
                                    label: string;
                                }[];
                                threshold: number | null;
                                timings: {
                                    decode: number;
                                    queue: number;
                                    run: number;
                                    total: number;
                                };
                            } | {
                                /** @enum {string} */
                                code: "unauthorized" | "forbidden" | "not_found" | "method_not_allowed" | "invalid_request" | "invalid_json" | "invalid_name" | "already_exists" | "state_conflict" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "idempotency_key_reused" | "idempotency_in_progress" | "body_incomplete" | "body_too_slow" | "tus_version_unsupported" | "offset_mismatch" | "archive_unreadable" | "archive_encrypted" | "archive_bomb" | "archive_too_many_entries" | "archive_checksum_mismatch" | "path_unsafe" | "entry_not_a_file" | "layout_unknown" | "label_invalid" | "path_twin" | "label_twin" | "import_not_allowed" | "blobs_missing" | "dataset_not_ready" | "dataset_rejected" | "too_few_classes" | "too_many_classes" | "too_few_images" | "duplicate_image" | "lookalike_image" | "conflicting_labels" | "image_empty" | "image_type_unsupported" | "image_undecodable" | "image_too_large" | "too_many_jobs" | "too_many_batches" | "too_many_evaluations" | "sweep_empty" | "labels_unknown" | "engine_unavailable" | "diverged" | "out_of_memory" | "trainer_crashed" | "trainer_silent" | "trainer_lost" | "lease_lost" | "weights_invalid" | "weights_too_slow" | "model_corrupt" | "endpoint_empty" | "webhook_target_refused" | "database_unavailable" | "store_full" | "store_unavailable" | "precondition_failed" | "checksum_mismatch" | "data_directory_in_use" | "request_abandoned" | "deadline_exceeded" | "overloaded" | "shutting_down" | "internal";
                                detail: string;
                                errors: {
                                    code: string;
                                    message: string;
                                    path: string;
                                }[];
                                status: number;
                                title: string;
                                type: string;
                            })[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what an endpoint has been, the newest revision first */
        get: {
            parameters: {
                query?: {
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of revisions. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                actor: string;
                                /** Format: date-time */
                                created_at: string;
                                /** @enum {string} */
                                object: "endpoint.revision";
                                revision: number;
                                shadow: string | null;
                                threshold: number | {
                                    precision: number;
                                };
                                thresholds: {
                                    [key: string]: number;
                                };
                                traffic: {
                                    model: string;
                                    weight: number;
                                }[];
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Return to the traffic before */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The endpoint. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            canary: {
                                id: string;
                                model: string;
                                share: number;
                            } | null;
                            capture: {
                                /** @default 30 */
                                retention_days?: number;
                                share: number;
                            } | null;
                            /** Format: date-time */
                            created_at: string;
                            fallback: {
                                model: string;
                                weight: number;
                            }[] | null;
                            faults: {
                                /** Format: date-time */
                                at: string;
                                message: string;
                                model: string;
                            }[];
                            id: string;
                            idle_timeout_seconds: number | null;
                            name: string;
                            /** @enum {string} */
                            object: "endpoint";
                            revision: number;
                            shadow: string | null;
                            /** @enum {string} */
                            status: "ready" | "fallback" | "failing";
                            threshold: number | {
                                precision: number;
                            };
                            thresholds: {
                                [key: string]: number;
                            };
                            traffic: {
                                model: string;
                                weight: number;
                            }[];
                            /** Format: date-time */
                            updated_at: string;
                            url: string;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{name}/shadow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How often the shadow has said the same as what answered
         * @description Other processes of the platform add their counts every five seconds.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description For each pair of versions that has been compared. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                agreed: number;
                                compared: number;
                                difference: number;
                                failed: number;
                                model: string;
                                /** @enum {string} */
                                object: "shadow.comparison";
                                shadow: string;
                                skipped: number;
                            }[];
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evaluations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an evaluation: its state, progress and metrics */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The evaluation. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            dataset: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            metrics: {
                                accuracy: number;
                                loss: number;
                            } | null;
                            model: string;
                            /** @enum {string} */
                            object: "model.evaluation";
                            progress: {
                                done: number;
                                images: number;
                            };
                            /** @enum {string} */
                            split: "train" | "validation" | "test";
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evaluations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel an evaluation */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The evaluation, cancelled. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            dataset: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            metrics: {
                                accuracy: number;
                                loss: number;
                            } | null;
                            model: string;
                            /** @enum {string} */
                            object: "model.evaluation";
                            progress: {
                                done: number;
                                images: number;
                            };
                            /** @enum {string} */
                            split: "train" | "validation" | "test";
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evaluations/{id}/compare/{other}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare two evaluations on the images that both have seen
         * @description As two versions are compared; of two splits the comparison names the first.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    other: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The comparison. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            a: {
                                accuracy: number;
                                confusion: number[][];
                                images: number;
                                labels: string[];
                                loss: number;
                                model: string;
                            };
                            b: {
                                accuracy: number;
                                confusion: number[][];
                                images: number;
                                labels: string[];
                                loss: number;
                                model: string;
                            };
                            common: {
                                both_right: number;
                                both_wrong: number;
                                disagreements: number;
                                images: number;
                                only_a_right: number;
                                only_b_right: number;
                                p_value: number | null;
                            };
                            disagreements: {
                                a: {
                                    confidence: number;
                                    predicted: string;
                                };
                                b: {
                                    confidence: number;
                                    predicted: string;
                                };
                                label: string;
                                path: string;
                                sha256: string;
                            }[];
                            /** @enum {string} */
                            object: "model.comparison";
                            split: string;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evaluations/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an evaluation's report: confusion, rates by label, calibration, the answer for each image */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The report. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            accuracy: number;
                            answers: {
                                confidence: number;
                                label: string;
                                path: string;
                                predicted: string;
                                sha256: string;
                            }[];
                            calibration: {
                                bins: {
                                    accuracy: number;
                                    confidence: number;
                                    images: number;
                                }[];
                                ece: number;
                                ece_uncalibrated: number;
                            };
                            classes: {
                                f1: number | null;
                                label: string;
                                precision: number | null;
                                recall: number | null;
                                support: number;
                            }[];
                            confusion: number[][];
                            dataset: string;
                            images: number;
                            labels: string[];
                            loss: number;
                            model: string;
                            /** @enum {string} */
                            object: "model.evaluation.report";
                            /** @enum {string} */
                            split: "train" | "validation" | "test";
                            thresholds: {
                                accuracy: number | null;
                                coverage: number;
                                threshold: number;
                            }[];
                            top_losses: {
                                confidence: number;
                                label: string;
                                loss: number;
                                path: string;
                                predicted: string;
                                sha256: string;
                            }[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List jobs, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of jobs. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                attempt: number;
                                /** Format: date-time */
                                created_at: string;
                                deploy: string | null;
                                engine: string | null;
                                error: {
                                    code: string;
                                    message: string;
                                } | null;
                                fine_tuned_model: string | null;
                                /** Format: date-time */
                                finished_at: string | null;
                                hyperparameters: {
                                    /** @enum {string} */
                                    batch_norm: "live" | "frozen";
                                    /** @description Images of a step, 1 to 1024. */
                                    batch_size: number;
                                    /**
                                     * @description `balanced`: each class counts as much as any other, however few images it has.
                                     * @enum {string}
                                     */
                                    class_weights: "none" | "balanced";
                                    crop_scale_min: number;
                                    /** @description Ends the training after so many epochs without a better one, up to 200; 0: never. */
                                    early_stopping_patience: number;
                                    /** @description Times that each training image is seen, 1 to 200. */
                                    epochs: number;
                                    /**
                                     * @description The last stage that stays as it is: neither it nor those before it are trained.
                                     * @enum {string}
                                     */
                                    freeze_until: "none" | "stem" | "layer1" | "layer2" | "layer3" | "layer4";
                                    /** @description The learning rate of the head for one of the trunk, above 0 to 1000. */
                                    head_learning_rate_multiplier: number;
                                    /** @description Pixels of a side of the training crops: a multiple of 32 from 64 to 512. */
                                    image_size: number;
                                    /** @enum {string} */
                                    keep: "best" | "last";
                                    /** @description Probability that the target spreads over all labels, 0 to 0.5. */
                                    label_smoothing: number;
                                    /** @description The learning rate of a stage for one of the stage after it, above 0 to 1. */
                                    layer_decay: number;
                                    /** @description Step size of the last stage of the trunk at its highest, above 0 to 10. */
                                    learning_rate: number;
                                    /** @enum {string} */
                                    loss_reduction: "sum" | "mean";
                                    /** @description Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none. */
                                    mixup: number;
                                    /** @description Share of its last update that each step takes again, 0 to below 1. */
                                    momentum: number;
                                    nesterov: boolean;
                                    /** @enum {string} */
                                    precision: "float32" | "bfloat16" | "auto";
                                    preprocessing: {
                                        crop: number;
                                        /** @enum {string} */
                                        interpolation: "bilinear";
                                        mean: number[];
                                        resize: {
                                            /** @enum {string} */
                                            mode: "exact" | "short_side";
                                            size: number;
                                        };
                                        std: number[];
                                    };
                                    pretrained: boolean;
                                    probe: boolean;
                                    /** @description Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none. */
                                    rand_augment: number;
                                    /** @enum {string} */
                                    recipe: "auto" | "seed" | "scratch";
                                    /** @enum {string} */
                                    schedule: "constant" | "cosine";
                                    /** @description Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800. */
                                    time_budget_seconds: number | null;
                                    warmup_fraction: number;
                                    /** @description Share of each weight that its gradient gains, 0 to 1. */
                                    weight_decay: number;
                                };
                                id: string;
                                metrics: {
                                    images_per_second?: number;
                                    test_accuracy?: number;
                                    test_loss?: number;
                                    train_accuracy?: number;
                                    train_loss?: number;
                                    validation_accuracy?: number;
                                    validation_loss?: number;
                                };
                                model: string;
                                name: string;
                                /** @enum {string} */
                                object: "fine_tuning.job";
                                priority: number;
                                progress: {
                                    epoch: number;
                                    epochs: number;
                                    eta_seconds: number | null;
                                    images_per_second: number | null;
                                    loss: number | null;
                                    /** @enum {string} */
                                    phase: "loading" | "probe" | "training" | "evaluating" | "publishing";
                                    step: number;
                                    steps: number;
                                } | null;
                                queue: {
                                    expected_wait_seconds: number | null;
                                    position: number;
                                } | null;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                /** @enum {string|null} */
                                requested: "cancel" | "pause" | "stop" | null;
                                seed: number;
                                /** Format: date-time */
                                started_at: string | null;
                                /** @enum {string} */
                                status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                                training_dataset: string;
                                used: {
                                    cpu_seconds: number;
                                    gpu_seconds: number;
                                };
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Fine-tune a network on a data set version
         * @description Each hyper-parameter is "auto" or a value; the answer names what was resolved. With `deploy` the endpoint of that name serves the model as soon as there is one, and each better one of the job after it: the key then needs the scope `deploy` too. With `dry_run=true` nothing is started: a trainer measures for some seconds, beside whatever else it does, what the job would take.
         */
        post: {
            parameters: {
                query?: {
                    dry_run?: "true" | "false";
                };
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        deploy?: string;
                        /** @default {} */
                        hyperparameters?: {
                            /** @description Images of a step, 1 to 1024. */
                            batch_size?: "auto" | number;
                            /** @description `balanced`: each class counts as much as any other, however few images it has. */
                            class_weights?: "auto" | ("none" | "balanced");
                            /** @description Ends the training after so many epochs without a better one, up to 200; 0: never. */
                            early_stopping_patience?: "auto" | number;
                            /** @description Times that each training image is seen, 1 to 200. */
                            epochs?: "auto" | number;
                            /** @description The last stage that stays as it is: neither it nor those before it are trained. */
                            freeze_until?: "auto" | ("none" | "stem" | "layer1" | "layer2" | "layer3" | "layer4");
                            /** @description The learning rate of the head for one of the trunk, above 0 to 1000. */
                            head_learning_rate_multiplier?: "auto" | number;
                            /** @description Pixels of a side of the training crops: a multiple of 32 from 64 to 512. */
                            image_size?: "auto" | number;
                            /** @description Probability that the target spreads over all labels, 0 to 0.5. */
                            label_smoothing?: "auto" | number;
                            /** @description The learning rate of a stage for one of the stage after it, above 0 to 1. */
                            layer_decay?: "auto" | number;
                            /** @description Step size of the last stage of the trunk at its highest, above 0 to 10. */
                            learning_rate?: "auto" | number;
                            /** @description Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none. */
                            mixup?: "auto" | number;
                            /** @description Share of its last update that each step takes again, 0 to below 1. */
                            momentum?: "auto" | number;
                            /** @description Of the activations; weights and updates are float32 in either. */
                            precision?: "auto" | ("float32" | "bfloat16");
                            /** @description Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none. */
                            rand_augment?: "auto" | number;
                            /** @description Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800. */
                            time_budget_seconds?: "auto" | number;
                            /** @description Share of each weight that its gradient gains, 0 to 1. */
                            weight_decay?: "auto" | number;
                        };
                        /** @default resnet18 */
                        model?: string;
                        name?: string;
                        /** @default 0 */
                        priority?: number;
                        /**
                         * @default auto
                         * @enum {string}
                         */
                        recipe?: "auto" | "seed" | "scratch";
                        /** @default 1 */
                        seed?: number;
                        training_dataset: string;
                    };
                };
            };
            responses: {
                /** @description Of a dry run: what the job would take. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            engine: string;
                            eta_seconds: number;
                            hyperparameters: {
                                /** @enum {string} */
                                batch_norm: "live" | "frozen";
                                /** @description Images of a step, 1 to 1024. */
                                batch_size: number;
                                /**
                                 * @description `balanced`: each class counts as much as any other, however few images it has.
                                 * @enum {string}
                                 */
                                class_weights: "none" | "balanced";
                                crop_scale_min: number;
                                /** @description Ends the training after so many epochs without a better one, up to 200; 0: never. */
                                early_stopping_patience: number;
                                /** @description Times that each training image is seen, 1 to 200. */
                                epochs: number;
                                /**
                                 * @description The last stage that stays as it is: neither it nor those before it are trained.
                                 * @enum {string}
                                 */
                                freeze_until: "none" | "stem" | "layer1" | "layer2" | "layer3" | "layer4";
                                /** @description The learning rate of the head for one of the trunk, above 0 to 1000. */
                                head_learning_rate_multiplier: number;
                                /** @description Pixels of a side of the training crops: a multiple of 32 from 64 to 512. */
                                image_size: number;
                                /** @enum {string} */
                                keep: "best" | "last";
                                /** @description Probability that the target spreads over all labels, 0 to 0.5. */
                                label_smoothing: number;
                                /** @description The learning rate of a stage for one of the stage after it, above 0 to 1. */
                                layer_decay: number;
                                /** @description Step size of the last stage of the trunk at its highest, above 0 to 10. */
                                learning_rate: number;
                                /** @enum {string} */
                                loss_reduction: "sum" | "mean";
                                /** @description Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none. */
                                mixup: number;
                                /** @description Share of its last update that each step takes again, 0 to below 1. */
                                momentum: number;
                                nesterov: boolean;
                                /** @enum {string} */
                                precision: "float32" | "bfloat16" | "auto";
                                preprocessing: {
                                    crop: number;
                                    /** @enum {string} */
                                    interpolation: "bilinear";
                                    mean: number[];
                                    resize: {
                                        /** @enum {string} */
                                        mode: "exact" | "short_side";
                                        size: number;
                                    };
                                    std: number[];
                                };
                                pretrained: boolean;
                                probe: boolean;
                                /** @description Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none. */
                                rand_augment: number;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                /** @enum {string} */
                                schedule: "constant" | "cosine";
                                /** @description Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800. */
                                time_budget_seconds: number | null;
                                warmup_fraction: number;
                                /** @description Share of each weight that its gradient gains, 0 to 1. */
                                weight_decay: number;
                            };
                            images: {
                                test: number;
                                train: number;
                                validation: number;
                            };
                            images_per_second: number;
                            /** @enum {string} */
                            object: "fine_tuning.dry_run";
                            peak_memory_bytes: number;
                        };
                    };
                };
                /** @description The job, waiting for a trainer. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            attempt: number;
                            /** Format: date-time */
                            created_at: string;
                            deploy: string | null;
                            engine: string | null;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            fine_tuned_model: string | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            hyperparameters: {
                                /** @enum {string} */
                                batch_norm: "live" | "frozen";
                                /** @description Images of a step, 1 to 1024. */
                                batch_size: number;
                                /**
                                 * @description `balanced`: each class counts as much as any other, however few images it has.
                                 * @enum {string}
                                 */
                                class_weights: "none" | "balanced";
                                crop_scale_min: number;
                                /** @description Ends the training after so many epochs without a better one, up to 200; 0: never. */
                                early_stopping_patience: number;
                                /** @description Times that each training image is seen, 1 to 200. */
                                epochs: number;
                                /**
                                 * @description The last stage that stays as it is: neither it nor those before it are trained.
                                 * @enum {string}
                                 */
                                freeze_until: "none" | "stem" | "layer1" | "layer2" | "layer3" | "layer4";
                                /** @description The learning rate of the head for one of the trunk, above 0 to 1000. */
                                head_learning_rate_multiplier: number;
                                /** @description Pixels of a side of the training crops: a multiple of 32 from 64 to 512. */
                                image_size: number;
                                /** @enum {string} */
                                keep: "best" | "last";
                                /** @description Probability that the target spreads over all labels, 0 to 0.5. */
                                label_smoothing: number;
                                /** @description The learning rate of a stage for one of the stage after it, above 0 to 1. */
                                layer_decay: number;
                                /** @description Step size of the last stage of the trunk at its highest, above 0 to 10. */
                                learning_rate: number;
                                /** @enum {string} */
                                loss_reduction: "sum" | "mean";
                                /** @description Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none. */
                                mixup: number;
                                /** @description Share of its last update that each step takes again, 0 to below 1. */
                                momentum: number;
                                nesterov: boolean;
                                /** @enum {string} */
                                precision: "float32" | "bfloat16" | "auto";
                                preprocessing: {
                                    crop: number;
                                    /** @enum {string} */
                                    interpolation: "bilinear";
                                    mean: number[];
                                    resize: {
                                        /** @enum {string} */
                                        mode: "exact" | "short_side";
                                        size: number;
                                    };
                                    std: number[];
                                };
                                pretrained: boolean;
                                probe: boolean;
                                /** @description Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none. */
                                rand_augment: number;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                /** @enum {string} */
                                schedule: "constant" | "cosine";
                                /** @description Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800. */
                                time_budget_seconds: number | null;
                                warmup_fraction: number;
                                /** @description Share of each weight that its gradient gains, 0 to 1. */
                                weight_decay: number;
                            };
                            id: string;
                            metrics: {
                                images_per_second?: number;
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            };
                            model: string;
                            name: string;
                            /** @enum {string} */
                            object: "fine_tuning.job";
                            priority: number;
                            progress: {
                                epoch: number;
                                epochs: number;
                                eta_seconds: number | null;
                                images_per_second: number | null;
                                loss: number | null;
                                /** @enum {string} */
                                phase: "loading" | "probe" | "training" | "evaluating" | "publishing";
                                step: number;
                                steps: number;
                            } | null;
                            queue: {
                                expected_wait_seconds: number | null;
                                position: number;
                            } | null;
                            /** @enum {string} */
                            recipe: "auto" | "seed" | "scratch";
                            /** @enum {string|null} */
                            requested: "cancel" | "pause" | "stop" | null;
                            seed: number;
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                            training_dataset: string;
                            used: {
                                cpu_seconds: number;
                                gpu_seconds: number;
                            };
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a job: its state, progress and metrics */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The job. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            attempt: number;
                            /** Format: date-time */
                            created_at: string;
                            deploy: string | null;
                            engine: string | null;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            fine_tuned_model: string | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            hyperparameters: {
                                /** @enum {string} */
                                batch_norm: "live" | "frozen";
                                /** @description Images of a step, 1 to 1024. */
                                batch_size: number;
                                /**
                                 * @description `balanced`: each class counts as much as any other, however few images it has.
                                 * @enum {string}
                                 */
                                class_weights: "none" | "balanced";
                                crop_scale_min: number;
                                /** @description Ends the training after so many epochs without a better one, up to 200; 0: never. */
                                early_stopping_patience: number;
                                /** @description Times that each training image is seen, 1 to 200. */
                                epochs: number;
                                /**
                                 * @description The last stage that stays as it is: neither it nor those before it are trained.
                                 * @enum {string}
                                 */
                                freeze_until: "none" | "stem" | "layer1" | "layer2" | "layer3" | "layer4";
                                /** @description The learning rate of the head for one of the trunk, above 0 to 1000. */
                                head_learning_rate_multiplier: number;
                                /** @description Pixels of a side of the training crops: a multiple of 32 from 64 to 512. */
                                image_size: number;
                                /** @enum {string} */
                                keep: "best" | "last";
                                /** @description Probability that the target spreads over all labels, 0 to 0.5. */
                                label_smoothing: number;
                                /** @description The learning rate of a stage for one of the stage after it, above 0 to 1. */
                                layer_decay: number;
                                /** @description Step size of the last stage of the trunk at its highest, above 0 to 10. */
                                learning_rate: number;
                                /** @enum {string} */
                                loss_reduction: "sum" | "mean";
                                /** @description Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none. */
                                mixup: number;
                                /** @description Share of its last update that each step takes again, 0 to below 1. */
                                momentum: number;
                                nesterov: boolean;
                                /** @enum {string} */
                                precision: "float32" | "bfloat16" | "auto";
                                preprocessing: {
                                    crop: number;
                                    /** @enum {string} */
                                    interpolation: "bilinear";
                                    mean: number[];
                                    resize: {
                                        /** @enum {string} */
                                        mode: "exact" | "short_side";
                                        size: number;
                                    };
                                    std: number[];
                                };
                                pretrained: boolean;
                                probe: boolean;
                                /** @description Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none. */
                                rand_augment: number;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                /** @enum {string} */
                                schedule: "constant" | "cosine";
                                /** @description Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800. */
                                time_budget_seconds: number | null;
                                warmup_fraction: number;
                                /** @description Share of each weight that its gradient gains, 0 to 1. */
                                weight_decay: number;
                            };
                            id: string;
                            metrics: {
                                images_per_second?: number;
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            };
                            model: string;
                            name: string;
                            /** @enum {string} */
                            object: "fine_tuning.job";
                            priority: number;
                            progress: {
                                epoch: number;
                                epochs: number;
                                eta_seconds: number | null;
                                images_per_second: number | null;
                                loss: number | null;
                                /** @enum {string} */
                                phase: "loading" | "probe" | "training" | "evaluating" | "publishing";
                                step: number;
                                steps: number;
                            } | null;
                            queue: {
                                expected_wait_seconds: number | null;
                                position: number;
                            } | null;
                            /** @enum {string} */
                            recipe: "auto" | "seed" | "scratch";
                            /** @enum {string|null} */
                            requested: "cancel" | "pause" | "stop" | null;
                            seed: number;
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                            training_dataset: string;
                            used: {
                                cpu_seconds: number;
                                gpu_seconds: number;
                            };
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a job
         * @description A job that waits is cancelled at once, a running one within seconds.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The job, cancelled or about to be. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            attempt: number;
                            /** Format: date-time */
                            created_at: string;
                            deploy: string | null;
                            engine: string | null;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            fine_tuned_model: string | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            hyperparameters: {
                                /** @enum {string} */
                                batch_norm: "live" | "frozen";
                                /** @description Images of a step, 1 to 1024. */
                                batch_size: number;
                                /**
                                 * @description `balanced`: each class counts as much as any other, however few images it has.
                                 * @enum {string}
                                 */
                                class_weights: "none" | "balanced";
                                crop_scale_min: number;
                                /** @description Ends the training after so many epochs without a better one, up to 200; 0: never. */
                                early_stopping_patience: number;
                                /** @description Times that each training image is seen, 1 to 200. */
                                epochs: number;
                                /**
                                 * @description The last stage that stays as it is: neither it nor those before it are trained.
                                 * @enum {string}
                                 */
                                freeze_until: "none" | "stem" | "layer1" | "layer2" | "layer3" | "layer4";
                                /** @description The learning rate of the head for one of the trunk, above 0 to 1000. */
                                head_learning_rate_multiplier: number;
                                /** @description Pixels of a side of the training crops: a multiple of 32 from 64 to 512. */
                                image_size: number;
                                /** @enum {string} */
                                keep: "best" | "last";
                                /** @description Probability that the target spreads over all labels, 0 to 0.5. */
                                label_smoothing: number;
                                /** @description The learning rate of a stage for one of the stage after it, above 0 to 1. */
                                layer_decay: number;
                                /** @description Step size of the last stage of the trunk at its highest, above 0 to 10. */
                                learning_rate: number;
                                /** @enum {string} */
                                loss_reduction: "sum" | "mean";
                                /** @description Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none. */
                                mixup: number;
                                /** @description Share of its last update that each step takes again, 0 to below 1. */
                                momentum: number;
                                nesterov: boolean;
                                /** @enum {string} */
                                precision: "float32" | "bfloat16" | "auto";
                                preprocessing: {
                                    crop: number;
                                    /** @enum {string} */
                                    interpolation: "bilinear";
                                    mean: number[];
                                    resize: {
                                        /** @enum {string} */
                                        mode: "exact" | "short_side";
                                        size: number;
                                    };
                                    std: number[];
                                };
                                pretrained: boolean;
                                probe: boolean;
                                /** @description Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none. */
                                rand_augment: number;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                /** @enum {string} */
                                schedule: "constant" | "cosine";
                                /** @description Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800. */
                                time_budget_seconds: number | null;
                                warmup_fraction: number;
                                /** @description Share of each weight that its gradient gains, 0 to 1. */
                                weight_decay: number;
                            };
                            id: string;
                            metrics: {
                                images_per_second?: number;
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            };
                            model: string;
                            name: string;
                            /** @enum {string} */
                            object: "fine_tuning.job";
                            priority: number;
                            progress: {
                                epoch: number;
                                epochs: number;
                                eta_seconds: number | null;
                                images_per_second: number | null;
                                loss: number | null;
                                /** @enum {string} */
                                phase: "loading" | "probe" | "training" | "evaluating" | "publishing";
                                step: number;
                                steps: number;
                            } | null;
                            queue: {
                                expected_wait_seconds: number | null;
                                position: number;
                            } | null;
                            /** @enum {string} */
                            recipe: "auto" | "seed" | "scratch";
                            /** @enum {string|null} */
                            requested: "cancel" | "pause" | "stop" | null;
                            seed: number;
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                            training_dataset: string;
                            used: {
                                cpu_seconds: number;
                                gpu_seconds: number;
                            };
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/jobs/{id}/checkpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the weights that are kept of a job, the newest first
         * @description The versions it has published; and until it ends, what its last and its best epoch have saved for a trainer to go on from. What was measured after each other epoch stands among its events.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                created_at: string;
                                fine_tuned_model_checkpoint: string | null;
                                fine_tuning_job_id: string;
                                id: string;
                                metrics: {
                                    images_per_second?: number;
                                    test_accuracy?: number;
                                    test_loss?: number;
                                    train_accuracy?: number;
                                    train_loss?: number;
                                    validation_accuracy?: number;
                                    validation_loss?: number;
                                };
                                /** @enum {string} */
                                object: "fine_tuning.job.checkpoint";
                                step_number: number;
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List or follow the events of a job
         * @description With `Accept: text/event-stream` the events are streamed as they come: `message` and `metrics` carry an event and its number as `id`, `progress` the progress without an id, and `end` the job as it ended. `Last-Event-ID`, or `after`, goes on after that event.
         */
        get: {
            parameters: {
                query?: {
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: {
                    "last-event-id"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of events, or the stream. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                created_at: string;
                                data: {
                                    [key: string]: unknown;
                                };
                                id: number;
                                /** @enum {string} */
                                level: "info" | "warn" | "error";
                                message: string;
                                /** @enum {string} */
                                object: "fine_tuning.job.event";
                                /** @enum {string} */
                                type: "message" | "metrics";
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                        "text/event-stream": string;
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/jobs/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a job
         * @description A job that waits is paused at once, a running one within seconds. What its last epoch has saved is kept.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The job, paused or about to be. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            attempt: number;
                            /** Format: date-time */
                            created_at: string;
                            deploy: string | null;
                            engine: string | null;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            fine_tuned_model: string | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            hyperparameters: {
                                /** @enum {string} */
                                batch_norm: "live" | "frozen";
                                /** @description Images of a step, 1 to 1024. */
                                batch_size: number;
                                /**
                                 * @description `balanced`: each class counts as much as any other, however few images it has.
                                 * @enum {string}
                                 */
                                class_weights: "none" | "balanced";
                                crop_scale_min: number;
                                /** @description Ends the training after so many epochs without a better one, up to 200; 0: never. */
                                early_stopping_patience: number;
                                /** @description Times that each training image is seen, 1 to 200. */
                                epochs: number;
                                /**
                                 * @description The last stage that stays as it is: neither it nor those before it are trained.
                                 * @enum {string}
                                 */
                                freeze_until: "none" | "stem" | "layer1" | "layer2" | "layer3" | "layer4";
                                /** @description The learning rate of the head for one of the trunk, above 0 to 1000. */
                                head_learning_rate_multiplier: number;
                                /** @description Pixels of a side of the training crops: a multiple of 32 from 64 to 512. */
                                image_size: number;
                                /** @enum {string} */
                                keep: "best" | "last";
                                /** @description Probability that the target spreads over all labels, 0 to 0.5. */
                                label_smoothing: number;
                                /** @description The learning rate of a stage for one of the stage after it, above 0 to 1. */
                                layer_decay: number;
                                /** @description Step size of the last stage of the trunk at its highest, above 0 to 10. */
                                learning_rate: number;
                                /** @enum {string} */
                                loss_reduction: "sum" | "mean";
                                /** @description Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none. */
                                mixup: number;
                                /** @description Share of its last update that each step takes again, 0 to below 1. */
                                momentum: number;
                                nesterov: boolean;
                                /** @enum {string} */
                                precision: "float32" | "bfloat16" | "auto";
                                preprocessing: {
                                    crop: number;
                                    /** @enum {string} */
                                    interpolation: "bilinear";
                                    mean: number[];
                                    resize: {
                                        /** @enum {string} */
                                        mode: "exact" | "short_side";
                                        size: number;
                                    };
                                    std: number[];
                                };
                                pretrained: boolean;
                                probe: boolean;
                                /** @description Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none. */
                                rand_augment: number;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                /** @enum {string} */
                                schedule: "constant" | "cosine";
                                /** @description Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800. */
                                time_budget_seconds: number | null;
                                warmup_fraction: number;
                                /** @description Share of each weight that its gradient gains, 0 to 1. */
                                weight_decay: number;
                            };
                            id: string;
                            metrics: {
                                images_per_second?: number;
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            };
                            model: string;
                            name: string;
                            /** @enum {string} */
                            object: "fine_tuning.job";
                            priority: number;
                            progress: {
                                epoch: number;
                                epochs: number;
                                eta_seconds: number | null;
                                images_per_second: number | null;
                                loss: number | null;
                                /** @enum {string} */
                                phase: "loading" | "probe" | "training" | "evaluating" | "publishing";
                                step: number;
                                steps: number;
                            } | null;
                            queue: {
                                expected_wait_seconds: number | null;
                                position: number;
                            } | null;
                            /** @enum {string} */
                            recipe: "auto" | "seed" | "scratch";
                            /** @enum {string|null} */
                            requested: "cancel" | "pause" | "stop" | null;
                            seed: number;
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                            training_dataset: string;
                            used: {
                                cpu_seconds: number;
                                gpu_seconds: number;
                            };
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/jobs/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a paused job back into the queue
         * @description It goes on after its last epoch, to the weights of a job that was never paused.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The job, waiting for a trainer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            attempt: number;
                            /** Format: date-time */
                            created_at: string;
                            deploy: string | null;
                            engine: string | null;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            fine_tuned_model: string | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            hyperparameters: {
                                /** @enum {string} */
                                batch_norm: "live" | "frozen";
                                /** @description Images of a step, 1 to 1024. */
                                batch_size: number;
                                /**
                                 * @description `balanced`: each class counts as much as any other, however few images it has.
                                 * @enum {string}
                                 */
                                class_weights: "none" | "balanced";
                                crop_scale_min: number;
                                /** @description Ends the training after so many epochs without a better one, up to 200; 0: never. */
                                early_stopping_patience: number;
                                /** @description Times that each training image is seen, 1 to 200. */
                                epochs: number;
                                /**
                                 * @description The last stage that stays as it is: neither it nor those before it are trained.
                                 * @enum {string}
                                 */
                                freeze_until: "none" | "stem" | "layer1" | "layer2" | "layer3" | "layer4";
                                /** @description The learning rate of the head for one of the trunk, above 0 to 1000. */
                                head_learning_rate_multiplier: number;
                                /** @description Pixels of a side of the training crops: a multiple of 32 from 64 to 512. */
                                image_size: number;
                                /** @enum {string} */
                                keep: "best" | "last";
                                /** @description Probability that the target spreads over all labels, 0 to 0.5. */
                                label_smoothing: number;
                                /** @description The learning rate of a stage for one of the stage after it, above 0 to 1. */
                                layer_decay: number;
                                /** @description Step size of the last stage of the trunk at its highest, above 0 to 10. */
                                learning_rate: number;
                                /** @enum {string} */
                                loss_reduction: "sum" | "mean";
                                /** @description Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none. */
                                mixup: number;
                                /** @description Share of its last update that each step takes again, 0 to below 1. */
                                momentum: number;
                                nesterov: boolean;
                                /** @enum {string} */
                                precision: "float32" | "bfloat16" | "auto";
                                preprocessing: {
                                    crop: number;
                                    /** @enum {string} */
                                    interpolation: "bilinear";
                                    mean: number[];
                                    resize: {
                                        /** @enum {string} */
                                        mode: "exact" | "short_side";
                                        size: number;
                                    };
                                    std: number[];
                                };
                                pretrained: boolean;
                                probe: boolean;
                                /** @description Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none. */
                                rand_augment: number;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                /** @enum {string} */
                                schedule: "constant" | "cosine";
                                /** @description Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800. */
                                time_budget_seconds: number | null;
                                warmup_fraction: number;
                                /** @description Share of each weight that its gradient gains, 0 to 1. */
                                weight_decay: number;
                            };
                            id: string;
                            metrics: {
                                images_per_second?: number;
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            };
                            model: string;
                            name: string;
                            /** @enum {string} */
                            object: "fine_tuning.job";
                            priority: number;
                            progress: {
                                epoch: number;
                                epochs: number;
                                eta_seconds: number | null;
                                images_per_second: number | null;
                                loss: number | null;
                                /** @enum {string} */
                                phase: "loading" | "probe" | "training" | "evaluating" | "publishing";
                                step: number;
                                steps: number;
                            } | null;
                            queue: {
                                expected_wait_seconds: number | null;
                                position: number;
                            } | null;
                            /** @enum {string} */
                            recipe: "auto" | "seed" | "scratch";
                            /** @enum {string|null} */
                            requested: "cancel" | "pause" | "stop" | null;
                            seed: number;
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                            training_dataset: string;
                            used: {
                                cpu_seconds: number;
                                gpu_seconds: number;
                            };
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/jobs/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a running job, and keep the best so far
         * @description The training ends after the step it is in; the job measures, publishes the best so far, and succeeds.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The job, about to stop. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            attempt: number;
                            /** Format: date-time */
                            created_at: string;
                            deploy: string | null;
                            engine: string | null;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            fine_tuned_model: string | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            hyperparameters: {
                                /** @enum {string} */
                                batch_norm: "live" | "frozen";
                                /** @description Images of a step, 1 to 1024. */
                                batch_size: number;
                                /**
                                 * @description `balanced`: each class counts as much as any other, however few images it has.
                                 * @enum {string}
                                 */
                                class_weights: "none" | "balanced";
                                crop_scale_min: number;
                                /** @description Ends the training after so many epochs without a better one, up to 200; 0: never. */
                                early_stopping_patience: number;
                                /** @description Times that each training image is seen, 1 to 200. */
                                epochs: number;
                                /**
                                 * @description The last stage that stays as it is: neither it nor those before it are trained.
                                 * @enum {string}
                                 */
                                freeze_until: "none" | "stem" | "layer1" | "layer2" | "layer3" | "layer4";
                                /** @description The learning rate of the head for one of the trunk, above 0 to 1000. */
                                head_learning_rate_multiplier: number;
                                /** @description Pixels of a side of the training crops: a multiple of 32 from 64 to 512. */
                                image_size: number;
                                /** @enum {string} */
                                keep: "best" | "last";
                                /** @description Probability that the target spreads over all labels, 0 to 0.5. */
                                label_smoothing: number;
                                /** @description The learning rate of a stage for one of the stage after it, above 0 to 1. */
                                layer_decay: number;
                                /** @description Step size of the last stage of the trunk at its highest, above 0 to 10. */
                                learning_rate: number;
                                /** @enum {string} */
                                loss_reduction: "sum" | "mean";
                                /** @description Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none. */
                                mixup: number;
                                /** @description Share of its last update that each step takes again, 0 to below 1. */
                                momentum: number;
                                nesterov: boolean;
                                /** @enum {string} */
                                precision: "float32" | "bfloat16" | "auto";
                                preprocessing: {
                                    crop: number;
                                    /** @enum {string} */
                                    interpolation: "bilinear";
                                    mean: number[];
                                    resize: {
                                        /** @enum {string} */
                                        mode: "exact" | "short_side";
                                        size: number;
                                    };
                                    std: number[];
                                };
                                pretrained: boolean;
                                probe: boolean;
                                /** @description Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none. */
                                rand_augment: number;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                /** @enum {string} */
                                schedule: "constant" | "cosine";
                                /** @description Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800. */
                                time_budget_seconds: number | null;
                                warmup_fraction: number;
                                /** @description Share of each weight that its gradient gains, 0 to 1. */
                                weight_decay: number;
                            };
                            id: string;
                            metrics: {
                                images_per_second?: number;
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            };
                            model: string;
                            name: string;
                            /** @enum {string} */
                            object: "fine_tuning.job";
                            priority: number;
                            progress: {
                                epoch: number;
                                epochs: number;
                                eta_seconds: number | null;
                                images_per_second: number | null;
                                loss: number | null;
                                /** @enum {string} */
                                phase: "loading" | "probe" | "training" | "evaluating" | "publishing";
                                step: number;
                                steps: number;
                            } | null;
                            queue: {
                                expected_wait_seconds: number | null;
                                position: number;
                            } | null;
                            /** @enum {string} */
                            recipe: "auto" | "seed" | "scratch";
                            /** @enum {string|null} */
                            requested: "cancel" | "pause" | "stop" | null;
                            seed: number;
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                            training_dataset: string;
                            used: {
                                cpu_seconds: number;
                                gpu_seconds: number;
                            };
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/sweeps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List sweeps, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of sweeps. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                alias: string | null;
                                best: string | null;
                                /** Format: date-time */
                                created_at: string;
                                deploy: string | null;
                                error: {
                                    code: string;
                                    message: string;
                                } | null;
                                /** Format: date-time */
                                finished_at: string | null;
                                id: string;
                                jobs: {
                                    hyperparameters: {
                                        batch_size?: number | string;
                                        class_weights?: number | string;
                                        early_stopping_patience?: number | string;
                                        epochs?: number | string;
                                        freeze_until?: number | string;
                                        head_learning_rate_multiplier?: number | string;
                                        image_size?: number | string;
                                        label_smoothing?: number | string;
                                        layer_decay?: number | string;
                                        learning_rate?: number | string;
                                        mixup?: number | string;
                                        momentum?: number | string;
                                        precision?: number | string;
                                        rand_augment?: number | string;
                                        time_budget_seconds?: number | string;
                                        weight_decay?: number | string;
                                    };
                                    id: string;
                                    metrics: {
                                        images_per_second?: number;
                                        test_accuracy?: number;
                                        test_loss?: number;
                                        train_accuracy?: number;
                                        train_loss?: number;
                                        validation_accuracy?: number;
                                        validation_loss?: number;
                                    };
                                    model: string | null;
                                    /** @enum {string} */
                                    status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                                }[];
                                name: string;
                                /** @enum {string} */
                                object: "fine_tuning.sweep";
                                /** @enum {string} */
                                status: "running" | "succeeded" | "failed" | "cancelled";
                                training_dataset: string;
                                values: {
                                    batch_size?: (number | string)[];
                                    class_weights?: (number | string)[];
                                    early_stopping_patience?: (number | string)[];
                                    epochs?: (number | string)[];
                                    freeze_until?: (number | string)[];
                                    head_learning_rate_multiplier?: (number | string)[];
                                    image_size?: (number | string)[];
                                    label_smoothing?: (number | string)[];
                                    layer_decay?: (number | string)[];
                                    learning_rate?: (number | string)[];
                                    mixup?: (number | string)[];
                                    momentum?: (number | string)[];
                                    precision?: (number | string)[];
                                    rand_augment?: (number | string)[];
                                    time_budget_seconds?: (number | string)[];
                                    weight_decay?: (number | string)[];
                                };
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Fine-tune once for each combination of hyper-parameters
         * @description Each list in `values` varies one hyper-parameter; the others are as in `hyperparameters`. Every job makes versions of the model. Once all have ended, the version with the lowest loss on the validation images is the `best`: the `alias` then points at it and the endpoint `deploy` serves it, for which the key needs the scope `deploy` too. The test images choose nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        alias?: string;
                        deploy?: string;
                        /** @default {} */
                        hyperparameters?: {
                            /** @description Images of a step, 1 to 1024. */
                            batch_size?: "auto" | number;
                            /** @description `balanced`: each class counts as much as any other, however few images it has. */
                            class_weights?: "auto" | ("none" | "balanced");
                            /** @description Ends the training after so many epochs without a better one, up to 200; 0: never. */
                            early_stopping_patience?: "auto" | number;
                            /** @description Times that each training image is seen, 1 to 200. */
                            epochs?: "auto" | number;
                            /** @description The last stage that stays as it is: neither it nor those before it are trained. */
                            freeze_until?: "auto" | ("none" | "stem" | "layer1" | "layer2" | "layer3" | "layer4");
                            /** @description The learning rate of the head for one of the trunk, above 0 to 1000. */
                            head_learning_rate_multiplier?: "auto" | number;
                            /** @description Pixels of a side of the training crops: a multiple of 32 from 64 to 512. */
                            image_size?: "auto" | number;
                            /** @description Probability that the target spreads over all labels, 0 to 0.5. */
                            label_smoothing?: "auto" | number;
                            /** @description The learning rate of a stage for one of the stage after it, above 0 to 1. */
                            layer_decay?: "auto" | number;
                            /** @description Step size of the last stage of the trunk at its highest, above 0 to 10. */
                            learning_rate?: "auto" | number;
                            /** @description Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none. */
                            mixup?: "auto" | number;
                            /** @description Share of its last update that each step takes again, 0 to below 1. */
                            momentum?: "auto" | number;
                            /** @description Of the activations; weights and updates are float32 in either. */
                            precision?: "auto" | ("float32" | "bfloat16");
                            /** @description Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none. */
                            rand_augment?: "auto" | number;
                            /** @description Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800. */
                            time_budget_seconds?: "auto" | number;
                            /** @description Share of each weight that its gradient gains, 0 to 1. */
                            weight_decay?: "auto" | number;
                        };
                        /** @default resnet18 */
                        model?: string;
                        name?: string;
                        /** @default 0 */
                        priority?: number;
                        /**
                         * @default auto
                         * @enum {string}
                         */
                        recipe?: "auto" | "seed" | "scratch";
                        /** @default 1 */
                        seed?: number;
                        training_dataset: string;
                        values: {
                            batch_size?: (number | string)[];
                            class_weights?: (number | string)[];
                            early_stopping_patience?: (number | string)[];
                            epochs?: (number | string)[];
                            freeze_until?: (number | string)[];
                            head_learning_rate_multiplier?: (number | string)[];
                            image_size?: (number | string)[];
                            label_smoothing?: (number | string)[];
                            layer_decay?: (number | string)[];
                            learning_rate?: (number | string)[];
                            mixup?: (number | string)[];
                            momentum?: (number | string)[];
                            precision?: (number | string)[];
                            rand_augment?: (number | string)[];
                            time_budget_seconds?: (number | string)[];
                            weight_decay?: (number | string)[];
                        };
                    };
                };
            };
            responses: {
                /** @description The sweep, its jobs waiting. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            alias: string | null;
                            best: string | null;
                            /** Format: date-time */
                            created_at: string;
                            deploy: string | null;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            jobs: {
                                hyperparameters: {
                                    batch_size?: number | string;
                                    class_weights?: number | string;
                                    early_stopping_patience?: number | string;
                                    epochs?: number | string;
                                    freeze_until?: number | string;
                                    head_learning_rate_multiplier?: number | string;
                                    image_size?: number | string;
                                    label_smoothing?: number | string;
                                    layer_decay?: number | string;
                                    learning_rate?: number | string;
                                    mixup?: number | string;
                                    momentum?: number | string;
                                    precision?: number | string;
                                    rand_augment?: number | string;
                                    time_budget_seconds?: number | string;
                                    weight_decay?: number | string;
                                };
                                id: string;
                                metrics: {
                                    images_per_second?: number;
                                    test_accuracy?: number;
                                    test_loss?: number;
                                    train_accuracy?: number;
                                    train_loss?: number;
                                    validation_accuracy?: number;
                                    validation_loss?: number;
                                };
                                model: string | null;
                                /** @enum {string} */
                                status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                            }[];
                            name: string;
                            /** @enum {string} */
                            object: "fine_tuning.sweep";
                            /** @enum {string} */
                            status: "running" | "succeeded" | "failed" | "cancelled";
                            training_dataset: string;
                            values: {
                                batch_size?: (number | string)[];
                                class_weights?: (number | string)[];
                                early_stopping_patience?: (number | string)[];
                                epochs?: (number | string)[];
                                freeze_until?: (number | string)[];
                                head_learning_rate_multiplier?: (number | string)[];
                                image_size?: (number | string)[];
                                label_smoothing?: (number | string)[];
                                layer_decay?: (number | string)[];
                                learning_rate?: (number | string)[];
                                mixup?: (number | string)[];
                                momentum?: (number | string)[];
                                precision?: (number | string)[];
                                rand_augment?: (number | string)[];
                                time_budget_seconds?: (number | string)[];
                                weight_decay?: (number | string)[];
                            };
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/sweeps/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a sweep: its jobs beside each other, the best first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The sweep. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            alias: string | null;
                            best: string | null;
                            /** Format: date-time */
                            created_at: string;
                            deploy: string | null;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            jobs: {
                                hyperparameters: {
                                    batch_size?: number | string;
                                    class_weights?: number | string;
                                    early_stopping_patience?: number | string;
                                    epochs?: number | string;
                                    freeze_until?: number | string;
                                    head_learning_rate_multiplier?: number | string;
                                    image_size?: number | string;
                                    label_smoothing?: number | string;
                                    layer_decay?: number | string;
                                    learning_rate?: number | string;
                                    mixup?: number | string;
                                    momentum?: number | string;
                                    precision?: number | string;
                                    rand_augment?: number | string;
                                    time_budget_seconds?: number | string;
                                    weight_decay?: number | string;
                                };
                                id: string;
                                metrics: {
                                    images_per_second?: number;
                                    test_accuracy?: number;
                                    test_loss?: number;
                                    train_accuracy?: number;
                                    train_loss?: number;
                                    validation_accuracy?: number;
                                    validation_loss?: number;
                                };
                                model: string | null;
                                /** @enum {string} */
                                status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                            }[];
                            name: string;
                            /** @enum {string} */
                            object: "fine_tuning.sweep";
                            /** @enum {string} */
                            status: "running" | "succeeded" | "failed" | "cancelled";
                            training_dataset: string;
                            values: {
                                batch_size?: (number | string)[];
                                class_weights?: (number | string)[];
                                early_stopping_patience?: (number | string)[];
                                epochs?: (number | string)[];
                                freeze_until?: (number | string)[];
                                head_learning_rate_multiplier?: (number | string)[];
                                image_size?: (number | string)[];
                                label_smoothing?: (number | string)[];
                                layer_decay?: (number | string)[];
                                learning_rate?: (number | string)[];
                                mixup?: (number | string)[];
                                momentum?: (number | string)[];
                                precision?: (number | string)[];
                                rand_augment?: (number | string)[];
                                time_budget_seconds?: (number | string)[];
                                weight_decay?: (number | string)[];
                            };
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fine_tuning/sweeps/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a sweep and its jobs */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The sweep; jobs that run end within seconds. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            alias: string | null;
                            best: string | null;
                            /** Format: date-time */
                            created_at: string;
                            deploy: string | null;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            jobs: {
                                hyperparameters: {
                                    batch_size?: number | string;
                                    class_weights?: number | string;
                                    early_stopping_patience?: number | string;
                                    epochs?: number | string;
                                    freeze_until?: number | string;
                                    head_learning_rate_multiplier?: number | string;
                                    image_size?: number | string;
                                    label_smoothing?: number | string;
                                    layer_decay?: number | string;
                                    learning_rate?: number | string;
                                    mixup?: number | string;
                                    momentum?: number | string;
                                    precision?: number | string;
                                    rand_augment?: number | string;
                                    time_budget_seconds?: number | string;
                                    weight_decay?: number | string;
                                };
                                id: string;
                                metrics: {
                                    images_per_second?: number;
                                    test_accuracy?: number;
                                    test_loss?: number;
                                    train_accuracy?: number;
                                    train_loss?: number;
                                    validation_accuracy?: number;
                                    validation_loss?: number;
                                };
                                model: string | null;
                                /** @enum {string} */
                                status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                            }[];
                            name: string;
                            /** @enum {string} */
                            object: "fine_tuning.sweep";
                            /** @enum {string} */
                            status: "running" | "succeeded" | "failed" | "cancelled";
                            training_dataset: string;
                            values: {
                                batch_size?: (number | string)[];
                                class_weights?: (number | string)[];
                                early_stopping_patience?: (number | string)[];
                                epochs?: (number | string)[];
                                freeze_until?: (number | string)[];
                                head_learning_rate_multiplier?: (number | string)[];
                                image_size?: (number | string)[];
                                label_smoothing?: (number | string)[];
                                layer_decay?: (number | string)[];
                                learning_rate?: (number | string)[];
                                mixup?: (number | string)[];
                                momentum?: (number | string)[];
                                precision?: (number | string)[];
                                rand_augment?: (number | string)[];
                                time_budget_seconds?: (number | string)[];
                                weight_decay?: (number | string)[];
                            };
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List API keys */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of keys. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                created_at: string;
                                /** Format: date-time */
                                expires_at: string | null;
                                id: string;
                                /** Format: date-time */
                                last_used_at: string | null;
                                name: string;
                                /** @enum {string} */
                                object: "api_key";
                                /** Format: date-time */
                                previous_valid_until: string | null;
                                project: string;
                                requests_per_second: number | null;
                                scopes: ("data" | "train" | "deploy" | "predict" | "metrics" | "admin")[];
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make an API key; the answer is the only place that shows it */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires_at?: string;
                        name: string;
                        requests_per_second?: number;
                        scopes: ("data" | "train" | "deploy" | "predict" | "metrics" | "admin")[];
                    };
                };
            };
            responses: {
                /** @description The key. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            /** Format: date-time */
                            expires_at: string | null;
                            id: string;
                            key: string;
                            /** Format: date-time */
                            last_used_at: string | null;
                            name: string;
                            /** @enum {string} */
                            object: "api_key";
                            /** Format: date-time */
                            previous_valid_until: string | null;
                            project: string;
                            requests_per_second: number | null;
                            scopes: ("data" | "train" | "deploy" | "predict" | "metrics" | "admin")[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an API key at once */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The key is no longer valid. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give an API key a new secret, shown once; the one before opens for a while more */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default 86400 */
                        overlap_seconds?: number;
                    };
                };
            };
            responses: {
                /** @description The key, with its new secret. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            /** Format: date-time */
                            expires_at: string | null;
                            id: string;
                            key: string;
                            /** Format: date-time */
                            last_used_at: string | null;
                            name: string;
                            /** @enum {string} */
                            object: "api_key";
                            /** Format: date-time */
                            previous_valid_until: string | null;
                            project: string;
                            requests_per_second: number | null;
                            scopes: ("data" | "train" | "deploy" | "predict" | "metrics" | "admin")[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/self": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the API key that asks: its name and scopes */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The key. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: string;
                            name: string;
                            /** @enum {string} */
                            object: "api_key";
                            project: string;
                            scopes: ("data" | "train" | "deploy" | "predict" | "metrics" | "admin")[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List models by name, each with its newest version */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of models. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                created_at: string;
                                id: string;
                                latest: {
                                    aliases: string[];
                                    architecture: string;
                                    /** Format: date-time */
                                    archived_at: string | null;
                                    /** Format: date-time */
                                    created_at: string;
                                    files: {
                                        [key: string]: {
                                            bytes: number;
                                            sha256: string;
                                            url: string;
                                        };
                                    };
                                    labels: string[];
                                    lineage: {
                                        dataset: string;
                                        job: string;
                                        parent: string;
                                        /** @enum {string} */
                                        recipe: "auto" | "seed" | "scratch";
                                        seed: number;
                                    } | null;
                                    metrics: {
                                        images_per_second?: number;
                                        test_accuracy?: number;
                                        test_loss?: number;
                                        train_accuracy?: number;
                                        train_loss?: number;
                                        validation_accuracy?: number;
                                        validation_loss?: number;
                                    };
                                    model: string;
                                    /** @enum {string} */
                                    object: "model.version";
                                    preprocessing: {
                                        crop: number;
                                        /** @enum {string} */
                                        interpolation: "bilinear";
                                        mean: number[];
                                        resize: {
                                            /** @enum {string} */
                                            mode: "exact" | "short_side";
                                            size: number;
                                        };
                                        std: number[];
                                    };
                                    /** @enum {string} */
                                    stage: "probe" | "fine_tuned" | "imported";
                                    tags: string[];
                                    version: number;
                                };
                                name: string;
                                /** @enum {string} */
                                object: "model";
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/aliases/{alias}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Point an alias at a version */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    alias: string;
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        version: number;
                    };
                };
            };
            responses: {
                /** @description The version, with its aliases. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            aliases: string[];
                            architecture: string;
                            /** Format: date-time */
                            archived_at: string | null;
                            /** Format: date-time */
                            created_at: string;
                            files: {
                                [key: string]: {
                                    bytes: number;
                                    sha256: string;
                                    url: string;
                                };
                            };
                            labels: string[];
                            lineage: {
                                dataset: string;
                                job: string;
                                parent: string;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                seed: number;
                            } | null;
                            metrics: {
                                images_per_second?: number;
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            };
                            model: string;
                            /** @enum {string} */
                            object: "model.version";
                            preprocessing: {
                                crop: number;
                                /** @enum {string} */
                                interpolation: "bilinear";
                                mean: number[];
                                resize: {
                                    /** @enum {string} */
                                    mode: "exact" | "short_side";
                                    size: number;
                                };
                                std: number[];
                            };
                            /** @enum {string} */
                            stage: "probe" | "fine_tuned" | "imported";
                            tags: string[];
                            version: number;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a model, the newest first */
        get: {
            parameters: {
                query?: {
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                    /** @description Only versions with this tag. */
                    tag?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of versions. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                aliases: string[];
                                architecture: string;
                                /** Format: date-time */
                                archived_at: string | null;
                                /** Format: date-time */
                                created_at: string;
                                files: {
                                    [key: string]: {
                                        bytes: number;
                                        sha256: string;
                                        url: string;
                                    };
                                };
                                labels: string[];
                                lineage: {
                                    dataset: string;
                                    job: string;
                                    parent: string;
                                    /** @enum {string} */
                                    recipe: "auto" | "seed" | "scratch";
                                    seed: number;
                                } | null;
                                metrics: {
                                    images_per_second?: number;
                                    test_accuracy?: number;
                                    test_loss?: number;
                                    train_accuracy?: number;
                                    train_loss?: number;
                                    validation_accuracy?: number;
                                    validation_loss?: number;
                                };
                                model: string;
                                /** @enum {string} */
                                object: "model.version";
                                preprocessing: {
                                    crop: number;
                                    /** @enum {string} */
                                    interpolation: "bilinear";
                                    mean: number[];
                                    resize: {
                                        /** @enum {string} */
                                        mode: "exact" | "short_side";
                                        size: number;
                                    };
                                    std: number[];
                                };
                                /** @enum {string} */
                                stage: "probe" | "fine_tuned" | "imported";
                                tags: string[];
                                version: number;
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Import weights that were trained elsewhere as the next version
         * @description A ResNet-18 or ResNet-34 of torchvision's names and shapes: safetensors, a state_dict of PyTorch (`.pth`), or an ONNX file as PyTorch or Graft exports it. What is no such file is refused (422 `weights_invalid`), and no code in it is run. `labels` is a JSON array in the order of the logits; `preprocessing` a record as a version has, by default the resizing to 256, the crop of 224 and the normalisation of ImageNet.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /** Format: binary */
                        file: string;
                        labels: string;
                        preprocessing?: string;
                    };
                };
            };
            responses: {
                /** @description The version. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            aliases: string[];
                            architecture: string;
                            /** Format: date-time */
                            archived_at: string | null;
                            /** Format: date-time */
                            created_at: string;
                            files: {
                                [key: string]: {
                                    bytes: number;
                                    sha256: string;
                                    url: string;
                                };
                            };
                            labels: string[];
                            lineage: {
                                dataset: string;
                                job: string;
                                parent: string;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                seed: number;
                            } | null;
                            metrics: {
                                images_per_second?: number;
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            };
                            model: string;
                            /** @enum {string} */
                            object: "model.version";
                            preprocessing: {
                                crop: number;
                                /** @enum {string} */
                                interpolation: "bilinear";
                                mean: number[];
                                resize: {
                                    /** @enum {string} */
                                    mode: "exact" | "short_side";
                                    size: number;
                                };
                                std: number[];
                            };
                            /** @enum {string} */
                            stage: "probe" | "fine_tuned" | "imported";
                            tags: string[];
                            version: number;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{reference}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a model, or with an "@" one of its versions */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The model or the version. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            id: string;
                            latest: {
                                aliases: string[];
                                architecture: string;
                                /** Format: date-time */
                                archived_at: string | null;
                                /** Format: date-time */
                                created_at: string;
                                files: {
                                    [key: string]: {
                                        bytes: number;
                                        sha256: string;
                                        url: string;
                                    };
                                };
                                labels: string[];
                                lineage: {
                                    dataset: string;
                                    job: string;
                                    parent: string;
                                    /** @enum {string} */
                                    recipe: "auto" | "seed" | "scratch";
                                    seed: number;
                                } | null;
                                metrics: {
                                    images_per_second?: number;
                                    test_accuracy?: number;
                                    test_loss?: number;
                                    train_accuracy?: number;
                                    train_loss?: number;
                                    validation_accuracy?: number;
                                    validation_loss?: number;
                                };
                                model: string;
                                /** @enum {string} */
                                object: "model.version";
                                preprocessing: {
                                    crop: number;
                                    /** @enum {string} */
                                    interpolation: "bilinear";
                                    mean: number[];
                                    resize: {
                                        /** @enum {string} */
                                        mode: "exact" | "short_side";
                                        size: number;
                                    };
                                    std: number[];
                                };
                                /** @enum {string} */
                                stage: "probe" | "fine_tuned" | "imported";
                                tags: string[];
                                version: number;
                            };
                            name: string;
                            /** @enum {string} */
                            object: "model";
                        } | {
                            aliases: string[];
                            architecture: string;
                            /** Format: date-time */
                            archived_at: string | null;
                            /** Format: date-time */
                            created_at: string;
                            files: {
                                [key: string]: {
                                    bytes: number;
                                    sha256: string;
                                    url: string;
                                };
                            };
                            labels: string[];
                            lineage: {
                                dataset: string;
                                job: string;
                                parent: string;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                seed: number;
                            } | null;
                            metrics: {
                                images_per_second?: number;
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            };
                            model: string;
                            /** @enum {string} */
                            object: "model.version";
                            preprocessing: {
                                crop: number;
                                /** @enum {string} */
                                interpolation: "bilinear";
                                mean: number[];
                                resize: {
                                    /** @enum {string} */
                                    mode: "exact" | "short_side";
                                    size: number;
                                };
                                std: number[];
                            };
                            /** @enum {string} */
                            stage: "probe" | "fine_tuned" | "imported";
                            tags: string[];
                            version: number;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Delete a model version
         * @description Refused while an endpoint serves it, an alias points at it, or its job has not ended. Its number is never given again; its files go with the next collection of garbage.
         */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is gone. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Tag or archive a model version
         * @description No bare name means an archived version, unless all are, and no endpoint takes it. One that an endpoint serves is not archived.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        archived?: boolean;
                        tags?: string[];
                    };
                };
            };
            responses: {
                /** @description The version as it is now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            aliases: string[];
                            architecture: string;
                            /** Format: date-time */
                            archived_at: string | null;
                            /** Format: date-time */
                            created_at: string;
                            files: {
                                [key: string]: {
                                    bytes: number;
                                    sha256: string;
                                    url: string;
                                };
                            };
                            labels: string[];
                            lineage: {
                                dataset: string;
                                job: string;
                                parent: string;
                                /** @enum {string} */
                                recipe: "auto" | "seed" | "scratch";
                                seed: number;
                            } | null;
                            metrics: {
                                images_per_second?: number;
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            };
                            model: string;
                            /** @enum {string} */
                            object: "model.version";
                            preprocessing: {
                                crop: number;
                                /** @enum {string} */
                                interpolation: "bilinear";
                                mean: number[];
                                resize: {
                                    /** @enum {string} */
                                    mode: "exact" | "short_side";
                                    size: number;
                                };
                                std: number[];
                            };
                            /** @enum {string} */
                            stage: "probe" | "fine_tuned" | "imported";
                            tags: string[];
                            version: number;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/models/{reference}/card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a version's card as Markdown: data, recipe, metrics, calibration, limits
         * @description As JSON it is the file `card.json` of the version.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The card. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/markdown": string;
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{reference}/compare/{other}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare two versions on the images that both were measured on
         * @description Metrics and confusions of both, a test of whether their difference may be chance, and the images with two answers.
         */
        get: {
            parameters: {
                query?: {
                    split?: "train" | "validation" | "test";
                };
                header?: never;
                path: {
                    /** @description `name`, `name@3` or `name@champion` */
                    other: string;
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The comparison. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            a: {
                                accuracy: number;
                                confusion: number[][];
                                images: number;
                                labels: string[];
                                loss: number;
                                model: string;
                            };
                            b: {
                                accuracy: number;
                                confusion: number[][];
                                images: number;
                                labels: string[];
                                loss: number;
                                model: string;
                            };
                            common: {
                                both_right: number;
                                both_wrong: number;
                                disagreements: number;
                                images: number;
                                only_a_right: number;
                                only_b_right: number;
                                p_value: number | null;
                            };
                            disagreements: {
                                a: {
                                    confidence: number;
                                    predicted: string;
                                };
                                b: {
                                    confidence: number;
                                    predicted: string;
                                };
                                label: string;
                                path: string;
                                sha256: string;
                            }[];
                            /** @enum {string} */
                            object: "model.comparison";
                            split: string;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{reference}/evaluations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the evaluations of a model version, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of evaluations. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                created_at: string;
                                dataset: string;
                                error: {
                                    code: string;
                                    message: string;
                                } | null;
                                /** Format: date-time */
                                finished_at: string | null;
                                id: string;
                                metrics: {
                                    accuracy: number;
                                    loss: number;
                                } | null;
                                model: string;
                                /** @enum {string} */
                                object: "model.evaluation";
                                progress: {
                                    done: number;
                                    images: number;
                                };
                                /** @enum {string} */
                                split: "train" | "validation" | "test";
                                /** Format: date-time */
                                started_at: string | null;
                                /** @enum {string} */
                                status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Measure a model version on a data set version
         * @description A trainer does it, beside the job that it may have. A data set with labels that the model does not know is refused.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        dataset: string;
                        /**
                         * @default test
                         * @enum {string}
                         */
                        split?: "train" | "validation" | "test";
                    };
                };
            };
            responses: {
                /** @description The evaluation, waiting for a trainer. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            dataset: string;
                            error: {
                                code: string;
                                message: string;
                            } | null;
                            /** Format: date-time */
                            finished_at: string | null;
                            id: string;
                            metrics: {
                                accuracy: number;
                                loss: number;
                            } | null;
                            model: string;
                            /** @enum {string} */
                            object: "model.evaluation";
                            progress: {
                                done: number;
                                images: number;
                            };
                            /** @enum {string} */
                            split: "train" | "validation" | "test";
                            /** Format: date-time */
                            started_at: string | null;
                            /** @enum {string} */
                            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{reference}/export.zip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a version with examples that run it without Graft
         * @description A folder with the network as ONNX and as safetensors, labels, preprocessing, the card, and a program in Python and in TypeScript that classifies images with it. With `format=tfjs` the network is a graph model of TensorFlow.js instead, beside a page that classifies images in a browser.
         */
        get: {
            parameters: {
                query?: {
                    format?: "onnx" | "tfjs";
                };
                header?: never;
                path: {
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The zip. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/zip": string;
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{reference}/files/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file of a model version
         * @description `model.pth` is made from `model.safetensors` when it is asked for: a state_dict of PyTorch, which `torch.load(file, weights_only=True)` reads.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    file: string;
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The bytes; their sha256 is the ETag, and for `model.pth` that of its source with `-pth`. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": string;
                    };
                };
                /** @description The caller has these bytes (If-None-Match). */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{reference}/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a version comes from, and which endpoints serve it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The lineage. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            children: {
                                job: string;
                                /** @enum {string} */
                                status: "validating_files" | "queued" | "running" | "paused" | "publishing" | "succeeded" | "failed" | "cancelled";
                                versions: string[];
                            }[];
                            dataset: string | null;
                            endpoints: {
                                endpoint: string;
                                model: string;
                                shadow: boolean;
                                weight: number | null;
                            }[];
                            job: string | null;
                            model: string;
                            /** @enum {string} */
                            object: "model.lineage";
                            parent: string | null;
                            /** @enum {string|null} */
                            recipe: "auto" | "seed" | "scratch" | null;
                            versions: string[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{reference}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a version's report: curves, confusion, rates by label, calibration, worst mistakes
         * @description With `format=html`, or `Accept: text/html`, one page that needs nothing else.
         */
        get: {
            parameters: {
                query?: {
                    format?: "json" | "html";
                };
                header?: never;
                path: {
                    /** @description `name`, `name@3` or `name@champion` */
                    reference: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The report. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            curve: {
                                epoch: number;
                                /** @enum {string} */
                                stage: "probe" | "fine_tuned" | "average";
                                test_accuracy?: number;
                                test_loss?: number;
                                train_accuracy?: number;
                                train_loss?: number;
                                validation_accuracy?: number;
                                validation_loss?: number;
                            }[];
                            /** @default null */
                            int8?: {
                                accuracy: {
                                    float32: number;
                                    int8: number | null;
                                };
                                served: boolean;
                                speedup: number;
                            } | null;
                            labels: string[];
                            /** @enum {string} */
                            object: "model.report";
                            splits: {
                                test?: {
                                    accuracy: number;
                                    answers?: {
                                        confidence: number;
                                        label: string;
                                        path: string;
                                        predicted: string;
                                        sha256: string;
                                    }[];
                                    calibration: {
                                        bins: {
                                            accuracy: number;
                                            confidence: number;
                                            images: number;
                                        }[];
                                        ece: number;
                                        ece_uncalibrated: number;
                                    };
                                    classes: {
                                        f1: number | null;
                                        label: string;
                                        precision: number | null;
                                        recall: number | null;
                                        support: number;
                                    }[];
                                    confusion: number[][];
                                    images: number;
                                    loss: number;
                                    thresholds: {
                                        accuracy: number | null;
                                        coverage: number;
                                        threshold: number;
                                    }[];
                                    top_losses: {
                                        confidence: number;
                                        label: string;
                                        loss: number;
                                        path: string;
                                        predicted: string;
                                        sha256: string;
                                    }[];
                                };
                                train?: {
                                    accuracy: number;
                                    answers?: {
                                        confidence: number;
                                        label: string;
                                        path: string;
                                        predicted: string;
                                        sha256: string;
                                    }[];
                                    calibration: {
                                        bins: {
                                            accuracy: number;
                                            confidence: number;
                                            images: number;
                                        }[];
                                        ece: number;
                                        ece_uncalibrated: number;
                                    };
                                    classes: {
                                        f1: number | null;
                                        label: string;
                                        precision: number | null;
                                        recall: number | null;
                                        support: number;
                                    }[];
                                    confusion: number[][];
                                    images: number;
                                    loss: number;
                                    thresholds: {
                                        accuracy: number | null;
                                        coverage: number;
                                        threshold: number;
                                    }[];
                                    top_losses: {
                                        confidence: number;
                                        label: string;
                                        loss: number;
                                        path: string;
                                        predicted: string;
                                        sha256: string;
                                    }[];
                                };
                                validation?: {
                                    accuracy: number;
                                    answers?: {
                                        confidence: number;
                                        label: string;
                                        path: string;
                                        predicted: string;
                                        sha256: string;
                                    }[];
                                    calibration: {
                                        bins: {
                                            accuracy: number;
                                            confidence: number;
                                            images: number;
                                        }[];
                                        ece: number;
                                        ece_uncalibrated: number;
                                    };
                                    classes: {
                                        f1: number | null;
                                        label: string;
                                        precision: number | null;
                                        recall: number | null;
                                        support: number;
                                    }[];
                                    confusion: number[][];
                                    images: number;
                                    loss: number;
                                    thresholds: {
                                        accuracy: number | null;
                                        coverage: number;
                                        threshold: number;
                                    }[];
                                    top_losses: {
                                        confidence: number;
                                        label: string;
                                        loss: number;
                                        path: string;
                                        predicted: string;
                                        sha256: string;
                                    }[];
                                };
                            };
                            temperature: number;
                            /** @default null */
                            training?: {
                                images_per_second: number;
                                peak_memory_bytes: number;
                                seconds: number;
                                waiting: number;
                            } | null;
                        };
                        "text/html": string;
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List projects by name */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of projects. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                created_at: string;
                                name: string;
                                /** @enum {string} */
                                object: "project";
                                stored_bytes: number;
                                stored_bytes_limit: number | null;
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a project: what its keys make and see is apart from that of all others
         * @description Only with the platform's own key, as all of these routes. With the header `Graft-Project` that key acts in the project, and so makes its first key.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /**
                         * @description Bytes of images that it may hold; null: as many as the platform.
                         * @default null
                         */
                        stored_bytes_limit?: number | null;
                    };
                };
            };
            responses: {
                /** @description The project. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            name: string;
                            /** @enum {string} */
                            object: "project";
                            stored_bytes: number;
                            stored_bytes_limit: number | null;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a project in which nothing lies, no API key either */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The project is gone. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Bound the bytes of images that a project may hold */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Bytes of images that it may hold; null: as many as the platform. */
                        stored_bytes_limit: number | null;
                    };
                };
            };
            responses: {
                /** @description The project as it is now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            name: string;
                            /** @enum {string} */
                            object: "project";
                            stored_bytes: number;
                            stored_bytes_limit: number | null;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a resumable upload of an archive (tus 1.0)
         * @description Upload-Length tells its bytes, Upload-Metadata the name of the data set (`dataset`) and of the file (`filename`). Location is where the bytes are sent to. A body of application/offset+octet-stream is taken as the first of them.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/offset+octet-stream": string;
                };
            };
            responses: {
                /** @description The upload, at Location. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        /** Ask what this tus server can do */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Its versions and extensions, in headers. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an upload; HEAD tells its offset in Upload-Offset */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The upload. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            bytes: number;
                            /** Format: date-time */
                            created_at: string;
                            dataset: string;
                            /** Format: date-time */
                            expires_at: string;
                            filename: string;
                            id: string;
                            /** @enum {string} */
                            object: "upload";
                            offset: number;
                            /** @enum {string} */
                            status: "open" | "sealed";
                            version: number | null;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** End an upload and delete its bytes; a version that it became stays */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is gone. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Send bytes from Upload-Offset on
         * @description With the last byte the archive becomes the next version of its data set: Graft-Dataset and Graft-Version name it.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/offset+octet-stream": string;
                };
            };
            responses: {
                /** @description The bytes have arrived; Upload-Offset counts them. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what each API key has asked for, by day (UTC), the newest first
         * @description Other processes of the platform add their counts every ten seconds.
         */
        get: {
            parameters: {
                query?: {
                    after?: string;
                    /** @description First day. */
                    from?: string;
                    /** @description Only the API key with this id. */
                    key?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                    /** @description Last day. */
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of days. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date */
                                day: string;
                                failed: number;
                                key: string;
                                milliseconds: number;
                                /** @enum {string} */
                                object: "usage.day";
                                predictions: number;
                                requests: number;
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List webhooks */
        get: {
            parameters: {
                query?: {
                    /** @description `last_id` of the page before. */
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of webhooks. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                created_at: string;
                                events: ("job.succeeded" | "job.failed" | "job.cancelled" | "dataset.version.ready" | "dataset.version.rejected" | "endpoint.changed")[];
                                id: string;
                                /** @enum {string} */
                                object: "webhook";
                                url: string;
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Have events sent to a URL; the answer is the only place that shows the secret
         * @description Each event is a POST with `{"type", "timestamp", "data"}`, signed after Standard Webhooks. It is sent until it is answered with a status from 200 to 299: ten times over three days, with pauses that grow. It may come twice, with the same `webhook-id`.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        events: ("job.succeeded" | "job.failed" | "job.cancelled" | "dataset.version.ready" | "dataset.version.rejected" | "endpoint.changed")[];
                        /** Format: uri */
                        url: string;
                    };
                };
            };
            responses: {
                /** @description The webhook. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            events: ("job.succeeded" | "job.failed" | "job.cancelled" | "dataset.version.ready" | "dataset.version.rejected" | "endpoint.changed")[];
                            id: string;
                            /** @enum {string} */
                            object: "webhook";
                            secret: string;
                            url: string;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a webhook */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The webhook. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            created_at: string;
                            events: ("job.succeeded" | "job.failed" | "job.cancelled" | "dataset.version.ready" | "dataset.version.rejected" | "endpoint.changed")[];
                            id: string;
                            /** @enum {string} */
                            object: "webhook";
                            url: string;
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete a webhook, what waits for it, and its history */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Nothing more is sent. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was sent to a webhook, the newest first, with each attempt */
        get: {
            parameters: {
                query?: {
                    after?: string;
                    /** @description Rows of the page; more than the server allows is taken as that. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of deliveries. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                attempts: {
                                    /** Format: date-time */
                                    at: string;
                                    error: string | null;
                                    milliseconds: number;
                                    status: number | null;
                                }[];
                                /** Format: date-time */
                                created_at: string;
                                data: {
                                    [key: string]: unknown;
                                };
                                id: string;
                                message: string;
                                /** Format: date-time */
                                next_attempt_at: string | null;
                                /** @enum {string} */
                                object: "webhook.delivery";
                                /** @enum {string} */
                                status: "pending" | "delivered" | "failed";
                                /** @enum {string} */
                                type: "job.succeeded" | "job.failed" | "job.cancelled" | "dataset.version.ready" | "dataset.version.rejected" | "endpoint.changed";
                            }[];
                            has_more: boolean;
                            last_id: string | null;
                            /** @enum {string} */
                            object: "list";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries/{delivery}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send an event once more, now */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    delivery: string;
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The delivery, waiting. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            attempts: {
                                /** Format: date-time */
                                at: string;
                                error: string | null;
                                milliseconds: number;
                                status: number | null;
                            }[];
                            /** Format: date-time */
                            created_at: string;
                            data: {
                                [key: string]: unknown;
                            };
                            id: string;
                            message: string;
                            /** Format: date-time */
                            next_attempt_at: string | null;
                            /** @enum {string} */
                            object: "webhook.delivery";
                            /** @enum {string} */
                            status: "pending" | "delivered" | "failed";
                            /** @enum {string} */
                            type: "job.succeeded" | "job.failed" | "job.cancelled" | "dataset.version.ready" | "dataset.version.rejected" | "endpoint.changed";
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this server is */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The server. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            extensions: string[];
                            name: string;
                            version: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers while the process takes requests */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It does. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Asks the database, which says what endpoints there are */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It answers. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An endpoint's tensors, and the model versions of its traffic */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The endpoint as a model. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            inputs: {
                                datatype: string;
                                name: string;
                                shape: number[];
                            }[];
                            name: string;
                            outputs: {
                                datatype: string;
                                name: string;
                                shape: number[];
                            }[];
                            platform: string;
                            versions: string[];
                        };
                    };
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask an endpoint with tensors
         * @description One input: `image`, BYTES [N], encoded images (base64 in JSON); or `images`, FP32 [N, 3, size, size], as the preprocessing of the model makes them. Outputs: probabilities, label, logits, features. Tensors may be binary.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Milliseconds in which the answer is wanted. It is refused at once where the wait would be longer, and not worked on once they have passed. */
                    "x-deadline-ms"?: number;
                    /** @description Of several versions, requests with the same key meet the same one. Also as `?routing_key=`. */
                    "x-routing-key"?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The tensors, as JSON, or behind JSON as long as Inference-Header-Content-Length says. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            outputs: {
                                datatype: string;
                                name: string;
                                shape: number[];
                            }[];
                        };
                        "application/octet-stream": string;
                    };
                };
                /** @description What the question is refused for, in the protocol's shape; any other error as a problem. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error: string;
                        };
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers 200 where there is such an endpoint: its models are loaded when they are asked */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description There is. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Any error: its stable `code` says which. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            /** @enum {string} */
            code: "unauthorized" | "forbidden" | "not_found" | "method_not_allowed" | "invalid_request" | "invalid_json" | "invalid_name" | "already_exists" | "state_conflict" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "idempotency_key_reused" | "idempotency_in_progress" | "body_incomplete" | "body_too_slow" | "tus_version_unsupported" | "offset_mismatch" | "archive_unreadable" | "archive_encrypted" | "archive_bomb" | "archive_too_many_entries" | "archive_checksum_mismatch" | "path_unsafe" | "entry_not_a_file" | "layout_unknown" | "label_invalid" | "path_twin" | "label_twin" | "import_not_allowed" | "blobs_missing" | "dataset_not_ready" | "dataset_rejected" | "too_few_classes" | "too_many_classes" | "too_few_images" | "duplicate_image" | "lookalike_image" | "conflicting_labels" | "image_empty" | "image_type_unsupported" | "image_undecodable" | "image_too_large" | "too_many_jobs" | "too_many_batches" | "too_many_evaluations" | "sweep_empty" | "labels_unknown" | "engine_unavailable" | "diverged" | "out_of_memory" | "trainer_crashed" | "trainer_silent" | "trainer_lost" | "lease_lost" | "weights_invalid" | "weights_too_slow" | "model_corrupt" | "endpoint_empty" | "webhook_target_refused" | "database_unavailable" | "store_full" | "store_unavailable" | "precondition_failed" | "checksum_mismatch" | "data_directory_in_use" | "request_abandoned" | "deadline_exceeded" | "overloaded" | "shutting_down" | "internal";
            detail: string;
            errors: {
                code: string;
                message: string;
                path: string;
            }[];
            status: number;
            title: string;
            type: string;
        };
    };
    responses: never;
    parameters: {
        /** @description Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, where it is sent, Content-Digest. */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
