using System.Net;

namespace Models.Egress;

/// <summary>Checks every request against the rules and follows redirects the way <see cref="EgressDoor.CreateHttpClient()"/> promises.</summary>
/// <param name="policy">The rules.</param>
/// <param name="inner">Sends what passes.</param>
/// <param name="only">The one address that is reached, without redirects; null for all that the rules allow.</param>
internal sealed class EgressHandler(EgressPolicy policy, HttpMessageHandler inner, Uri? only = null) : DelegatingHandler(inner)
{
    /// <summary>Set on a request to see each redirecting answer before it is followed; some carry headers the last one lacks.</summary>
    public static readonly HttpRequestOptionsKey<Action<HttpResponseMessage>> OnRedirect = new("egress.redirect");

    private const int MaxRedirects = 10;

    // What may follow to another host. A list of what may, not of what may not: any header can hold a key.
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Encoding", "If-Range", "Range", "User-Agent",
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            var from = request.RequestUri!;
            var response = await PassAsync(request, from, cancellationToken);
            if (only is not null || !IsRedirect(response.StatusCode) || response.Headers.Location is not { } location) return response;
            if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head) return response;

            if (request.Options.TryGetValue(OnRedirect, out var seen)) seen(response);
            response.Dispose();
            if (redirects == MaxRedirects)
                throw new EgressException($"{EgressPolicy.Redact(from)} redirects more than {MaxRedirects} times; it may be a loop. Check the address.");
            var to = location.IsAbsoluteUri ? location : new Uri(from, location);
            if (from.Scheme == Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttps)
                throw new EgressException($"{EgressPolicy.Redact(from)} redirects to an unencrypted address ({EgressPolicy.Redact(to)}); that is not followed.");
            if (!SameOrigin(from, to)) DropCredentials(request);
            request.RequestUri = to;
        }
    }

    private async Task<HttpResponseMessage> PassAsync(HttpRequestMessage request, Uri to, CancellationToken cancellation)
    {
        string? refusal = null;
        try
        {
            Check(to);
            return await base.SendAsync(request, cancellation);
        }
        catch (Exception e) when ((e as EgressException ?? e.InnerException as EgressException) is { } refused)
        {
            refusal = refused.Message;
            throw;
        }
        finally
        {
            if (policy.Heard is { } heard)
            {
                var body = request.Content is null ? 0 : request.Content.Headers.ContentLength;
                request.Options.TryGetValue(EgressPolicy.Why, out var why);
                heard(new EgressCall(to.IdnHost, to.Port, request.Method.Method, to.PathAndQuery.Length + body, why, refusal));
            }
        }
    }

    private void Check(Uri to)
    {
        if (only is null) policy.Check(to);
        else if (SameOrigin(only, to)) policy.CheckOwn(to);
        else throw new EgressException($"{EgressPolicy.Redact(to)} is not the address that was configured; it was not contacted.");
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool SameOrigin(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.IdnHost, b.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static void DropCredentials(HttpRequestMessage request)
    {
        foreach (var name in request.Headers.Select(header => header.Key).Where(name => !Harmless.Contains(name)).ToList())
            request.Headers.Remove(name);
    }
}
