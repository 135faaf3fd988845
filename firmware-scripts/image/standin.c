// What the image holds in the appliance's place where the appliance of its architecture cannot be built, so that everything around it can be tried: it says that
// it is ready and alive as the service does, answers /readyz and /healthz, asks that of itself for `update health`, and holds every
// other command for done. It is no appliance, and says so.
#include <arpa/inet.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (!path || strlen(path) >= sizeof to.sun_path) return;
    strcpy(to.sun_path, path);
    if (*path == '@') to.sun_path[0] = 0;
    int s = socket(AF_UNIX, SOCK_DGRAM, 0);
    sendto(s, state, strlen(state), 0, (struct sockaddr *)&to, offsetof(struct sockaddr_un, sun_path) + strlen(path));
    close(s);
}

static int is_healthy(struct sockaddr_in *at)
{
    char answer[16] = "";
    int s = socket(AF_INET, SOCK_STREAM, 0);
    at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!connect(s, (struct sockaddr *)at, sizeof *at)) { dprintf(s, "GET /readyz HTTP/1.1\r\n\r\n"); read(s, answer, sizeof answer - 1); }
    close(s);
    return !strncmp(answer, "HTTP/1.1 200", 12);
}

int main(int count, char **words)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(18789)};
    if (count > 2 && !strcmp(words[1], "update") && !strcmp(words[2], "health"))
    {
        for (int i = 0; i < 120; i++, sleep(1)) if (is_healthy(&at)) return 0;
        return 1;
    }
    if (count < 2 || strcmp(words[1], "serve")) { puts("stand-in: this is no appliance"); return 0; }
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 16)) { perror("stand-in"); return 1; }
    notify("READY=1\nSTATUS=a stand-in, no appliance");
    for (;;)
    {
        struct pollfd wait = {.fd = listener, .events = POLLIN};
        notify("WATCHDOG=1");
        if (poll(&wait, 1, 20000) <= 0) continue;
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        int client = accept(listener, (struct sockaddr *)&from, &length);
        char request[1024] = "";
        struct timeval limit = {.tv_sec = 5};
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        recv(client, request, sizeof request - 1, 0);
        const char *status = strncmp(request, "GET /readyz ", 12) && strncmp(request, "GET /healthz ", 13) ? "501 Not Implemented" : "200 OK";
        if (from.sin_addr.s_addr != htonl(INADDR_LOOPBACK) && !strstr(request, "uthorization: Bearer ")) status = "401 Unauthorized";
        dprintf(client, "HTTP/1.1 %s\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nstand-in\n", status);
        close(client);
    }
}
