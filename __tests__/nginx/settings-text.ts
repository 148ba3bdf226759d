/**
 * Nginx text that every file of a host has, to the letter. Why shared: each file's own text stays what a test of it
 * shows, and a setting that changes for all changes here once.
 */

export const LIMITS = `resolver_timeout 5s;
variables_hash_bucket_size 128;
server_names_hash_bucket_size 512;
server_names_hash_max_size 4096;
proxy_headers_hash_bucket_size 128;
proxy_headers_hash_max_size 1024;
client_header_timeout 15s;
client_max_body_size 10m;
proxy_http_version 1.1;
proxy_redirect off;
proxy_buffer_size 16k;
proxy_buffers 8 16k;
proxy_connect_timeout 5s;
proxy_send_timeout 60s;
proxy_read_timeout 60s;
proxy_next_upstream error;
`;

/** By none of these may a visitor claim another name, path, address or way than Nginx saw. */
export const EMPTIED_HEADERS = `proxy_set_header Front-End-Https "";
proxy_set_header X-Forwarded-Protocol "";
proxy_set_header X-Forwarded-Scheme "";
proxy_set_header X-Forwarded-Ssl "";
proxy_set_header X-Scheme "";
proxy_set_header X-Url-Scheme "";
proxy_set_header X-Forwarded-Server "";
proxy_set_header X-Host "";
proxy_set_header X-HTTP-Host-Override "";
proxy_set_header X-Original-Host "";
proxy_set_header X-Forwarded-Path "";
proxy_set_header X-Forwarded-Prefix "";
proxy_set_header X-Forwarded-Uri "";
proxy_set_header X-Original-URI "";
proxy_set_header X-Original-URL "";
proxy_set_header X-Rewrite-URL "";
proxy_set_header X-Script-Name "";
proxy_set_header CF-Connecting-IP "";
proxy_set_header CF-Connecting-IPv6 "";
proxy_set_header Client-IP "";
proxy_set_header Fastly-Client-IP "";
proxy_set_header Fly-Client-IP "";
proxy_set_header Forwarded "";
proxy_set_header Forwarded-For "";
proxy_set_header True-Client-IP "";
proxy_set_header X-Client-IP "";
proxy_set_header X-Cluster-Client-IP "";
proxy_set_header X-Forwarded "";
proxy_set_header X-Remote-Addr "";
proxy_set_header X-Remote-IP "";
proxy_set_header Proxy "";
proxy_set_header X-Accel-Mapping "";
proxy_set_header X-Sendfile-Type "";
proxy_set_header Connection $forwarded_connection;
proxy_set_header Upgrade $forwarded_upgrade;
`;

/** What an edge before says, else what this Nginx saw. */
export const PASSED_MAPS = `map $http_upgrade $forwarded_upgrade {
    default "";
    websocket websocket;
}

map $http_upgrade $forwarded_connection {
    default "";
    websocket upgrade;
}

map $http_x_forwarded_host $passed_host {
    default $http_x_forwarded_host;
    "" $host:$server_port;
}

map $http_x_forwarded_port $passed_port {
    default $http_x_forwarded_port;
    "" $server_port;
}

map $http_x_forwarded_proto $passed_proto {
    default $http_x_forwarded_proto;
    "" $scheme;
}

map $http_x_real_ip $passed_real_ip {
    default $http_x_real_ip;
    "" $remote_addr;
}

map $http_x_request_id $passed_request_id {
    default $http_x_request_id;
    "" $request_id;
}

`;

/** What a listener for neighbours passes on. */
export function passedHeaders(port: number): string {
  return `    proxy_set_header Host $host:${port};
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Host $passed_host;
    proxy_set_header X-Forwarded-Port $passed_port;
    proxy_set_header X-Forwarded-Proto $passed_proto;
    proxy_set_header X-Real-IP $passed_real_ip;
    proxy_set_header X-Request-ID $passed_request_id;
    proxy_set_header Proxy "";
    proxy_set_header Connection $forwarded_connection;
    proxy_set_header Upgrade $forwarded_upgrade;
`;
}
