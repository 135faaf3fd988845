using System.Net;
using System.Net.Sockets;
using Appliance.Config;
using Models.Egress;

namespace Appliance.Doctor;

/// <summary>Looks at the port the gateway should listen on, as a stranger would.</summary>
internal static class GatewayProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Whether somebody is there, and whether it is a gateway.</summary>
    public static async Task<Finding> ReachAsync(Patient patient, CancellationToken cancellation)
    {
        var address = AddressOf(patient.Config.Config);
        try
        {
            using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/healthz")), cancellation);
            return answer.IsSuccessStatusCode ? Finding.Ok("gateway", $"answers on {address.Authority}")
                : new Finding("gateway", Severity.Critical, $"{address.Authority} answers {(int)answer.StatusCode} to /healthz", "Another program seems to have the port.", "Stop that program, or `appliance config set gateway.port N`.");
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return new Finding("gateway", Severity.Info, $"nothing listens on {address.Authority}", "The gateway is not running.", "`appliance serve` starts it.");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return new Finding("gateway", Severity.Critical, $"{address.Authority} does not answer as a gateway: {e.Message}", "Another program seems to have the port.", "Stop that program, or `appliance config set gateway.port N`.");
        }
    }

    /// <summary>Tries on a running gateway what it should refuse.</summary>
    public static async Task<IReadOnlyList<Finding>> DeepAsync(Patient patient, CancellationToken cancellation)
    {
        if (await ReachAsync(patient, cancellation) is { Severity: not Severity.Ok } away) return [away];
        var models = new Uri(AddressOf(patient.Config.Config), "/v1/models");
        List<Finding> findings = [];
        foreach (var (check, what, dress) in (IEnumerable<(string, string, Action<HttpRequestMessage>)>)
        [
            ("probe-rebinding", "a request under a foreign host name", request => request.Headers.Host = "attacker.example"),
            ("probe-origin", "a request of a foreign web page", request => request.Headers.TryAddWithoutValidation("Origin", "http://attacker.example")),
            ("probe-url-secret", "a secret in a URL", request => request.RequestUri = new Uri(models, "/v1/models?token=x")),
            ("probe-proxy", "a request that came through a proxy without a token", request => request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.9")),
        ])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, models);
            dress(request);
            using var answer = await SendAsync(request, cancellation);
            findings.Add(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests ? Finding.Ok(check, $"refuses {what}")
                : new Finding(check, Severity.Critical, $"answers {(int)answer.StatusCode} to {what}", "It should refuse that.", "Is it this program's gateway, and of this version?"));
        }
        return findings;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var door = new EgressDoor(EgressPolicy.FromEnvironment());
        using var client = door.CreateHttpClient();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
    }

    private static Uri AddressOf(ApplianceConfig config)
    {
        var host = IPAddress.TryParse(config.Gateway.Bind, out var bind) && !bind.Equals(IPAddress.Any) && !bind.Equals(IPAddress.IPv6Any) ? bind : IPAddress.Loopback;
        return new UriBuilder("http", host.ToString(), config.Gateway.Port).Uri;
    }
}
