using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Models.Egress;

namespace Models.Store;

/// <summary>Requests and their failures in words a person can act on.</summary>
internal static class HttpAnswer
{
    /// <summary>A GET for bytes as they are stored: a compressed transfer would have another length and no usable ranges.</summary>
    public static HttpRequestMessage Get(RemoteFile file)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, file.Address) { Headers = { Authorization = file.Authorization } };
        request.Headers.AcceptEncoding.ParseAdd("identity");
        return request;
    }

    /// <summary>Fetches a JSON document, trying again while the failure may pass.</summary>
    public static async Task<T> GetJsonAsync<T>(
        HttpClient client, RemoteFile file, string accept, JsonTypeInfo<T> type, DownloadLimits limits, CancellationToken cancellation) where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? wait = null;
            StoreException why;
            try
            {
                using var request = Get(file);
                request.Headers.Accept.ParseAdd(accept);
                using var response = await client.SendAsync(request, cancellation);
                if (!response.IsSuccessStatusCode)
                {
                    why = Refused(file, response);
                    if (!IsTransient(response.StatusCode) || attempt >= limits.Attempts) throw why;
                    wait = RetryAfter(response);
                }
                else
                {
                    return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellation), type)
                        ?? throw new JsonException("the document is null");
                }
            }
            catch (JsonException e)
            {
                throw new StoreException($"{EgressPolicy.Redact(file.Address)} did not answer with what was asked for: {e.Message}", e);
            }
            catch (Exception e) when (e is HttpRequestException || IsTransient(e, cancellation))
            {
                why = Unreachable(file, e);
                if (attempt >= limits.FirstAttempts || !IsTransient(e, cancellation)) throw why;
            }
            await limits.WaitAsync(attempt, wait, why, cancellation);
        }
    }

    /// <summary>True for an answer that may be another one in a moment.</summary>
    public static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>True for a fault of the network: no connection, a cut, or a timeout that is not the caller's own cancellation.</summary>
    public static bool IsTransient(Exception e, CancellationToken cancellation) => !cancellation.IsCancellationRequested && e switch
    {
        // A certificate that does not verify will not in a second either; neither will a body over the limit shrink.
        HttpRequestException http => http.HttpRequestError is not (HttpRequestError.SecureConnectionError or HttpRequestError.ConfigurationLimitExceeded),
        HttpIOException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>How long the server asks to wait, if it says so.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow,
        _ => null,
    };

    /// <summary>The error for a status that is not a success.</summary>
    public static StoreException Refused(RemoteFile file, HttpResponseMessage response)
    {
        var status = $"{EgressPolicy.Redact(file.Address)} answered {(int)response.StatusCode} {response.StatusCode}.";
        var meaning = file.Explain?.Invoke(response) ?? response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "It needs credentials this program does not have; fetch the file yourself and import it.",
            HttpStatusCode.NotFound or HttpStatusCode.Gone => "There is no such file; check the address.",
            HttpStatusCode.TooManyRequests => "It is asked too often; try again later.",
            _ => (int)response.StatusCode >= 500 ? "The server is in trouble; try again later." : "",
        };
        return new StoreException($"{status} {meaning}".TrimEnd());
    }

    /// <summary>The error for a server that could not be reached or kept breaking off.</summary>
    public static StoreException Unreachable(RemoteFile file, Exception e)
    {
        var host = file.Address.IdnHost;
        var why = e switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => $"The name {host} cannot be resolved. Check the network and the address.",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"{host} could not prove who it is ({(e.InnerException ?? e).Message}). If it uses your own authority, put its certificate into SSL_CERT_FILE.",
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"{host} cannot be reached ({e.Message}). Check the network.",
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => $"{host} answers with more than can be right ({e.Message}).",
            HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => $"The proxy did not connect to {host} ({e.Message}).",
            OperationCanceledException or TimeoutException => $"{host} sends nothing. Try again later.",
            _ => $"The connection to {host} broke ({e.Message}).",
        };
        return new StoreException($"Cannot fetch {file.Name}: {why}", e);
    }
}
