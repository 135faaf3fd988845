using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Appliance.FirstBoot.Settings;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Models.Egress;

namespace Appliance.FirstBoot.Setup;

/// <summary>
/// Serves the setup page on one address, and where a device is named on that device alone: what comes in by another one does not reach it.
/// Answers of one form are taken, once; they are on the disk before that is said. Safe for several threads.
/// </summary>
internal sealed class SetupServer : IAsyncDisposable
{
    private const int LargestForm = 16 * 1024, MostTries = 20;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _taking = new(1, 1);
    private readonly KestrelServer _kestrel;
    private readonly SetupOptions _options;
    private readonly string _proof = Secret.New();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<long> _tries = [];
    private volatile bool _isTaken;

    private SetupServer(SetupOptions options)
    {
        _options = options;
        var transport = new SocketTransportOptions { CreateBoundListenSocket = where => Bound(where, options.Device) };
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Listen(options.Address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.Limits.MaxRequestBodySize = LargestForm;
        kestrel.Limits.MaxConcurrentConnections = 64;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        _kestrel = new KestrelServer(Options.Create(kestrel), new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    /// <summary>Where it is.</summary>
    public Uri Address { get; private set; } = new("http://unknown");

    /// <summary>Ends when the person has seen what was saved and said so.</summary>
    public Task Finished => _finished.Task;

    /// <summary>True once answers were taken.</summary>
    public bool IsTaken => _isTaken;

    /// <summary>Starts listening.</summary>
    public static async Task<SetupServer> StartAsync(SetupOptions options, CancellationToken cancellation)
    {
        var server = new SetupServer(options);
        await server._kestrel.StartAsync(new RequestHandler(server.HandleAsync), cancellation);
        server.Address = new(server._kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _kestrel.StopAsync(patience.Token);
        _kestrel.Dispose();
        _taking.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var texts = SetupTexts.For(request.Headers.AcceptLanguage);
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        var isOwn = request.Host.Value == Address.Authority;
        switch (request.Method, isOwn ? request.Path.Value : null)
        {
            case ("GET" or "HEAD", "/"):
                await WriteAsync(_isTaken ? SetupPage.Saved(texts, _proof, null) : Questions(texts, [], []));
                break;
            case ("GET" or "HEAD", "/style.css"):
                await WriteAsync(SetupPage.Style, type: "text/css; charset=utf-8");
                break;
            case ("GET" or "HEAD", _):
                // Whatever a phone asks for to see whether there is an Internet: here is the page.
                response.Redirect(new Uri(Address, "/").AbsoluteUri);
                break;
            case ("POST", "/"):
                if (await FormAsync() is { } answers) await TakeAsync(answers);
                break;
            case ("POST", "/finish"):
                if (await FormAsync() is null) break;
                if (!_isTaken)
                {
                    response.Redirect("/");
                    break;
                }
                await WriteAsync(SetupPage.Note(texts, texts.Ending));
                await response.CompleteAsync();
                _finished.TrySetResult();
                break;
            default:
                await WriteAsync(SetupPage.Note(texts, "405"), StatusCodes.Status405MethodNotAllowed);
                break;
        }

        // The fields of a form that came from this server's own page, or null where that was answered already.
        async Task<Dictionary<string, string>?> FormAsync()
        {
            if (!Admit())
            {
                response.Headers.RetryAfter = "60";
                await WriteAsync(SetupPage.Note(texts, texts.Busy), StatusCodes.Status429TooManyRequests);
                return null;
            }
            var form = request.HasFormContentType ? await ReadFormAsync(request, context.RequestAborted) : [];
            var isOurs = form.TryGetValue(SetupPage.Proof, out var proof) && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(proof), Encoding.UTF8.GetBytes(_proof))
                && request.Headers.Origin.All(origin => origin == Address.GetLeftPart(UriPartial.Authority));
            if (isOurs) return form;
            await WriteAsync(Questions(texts, [], []), StatusCodes.Status403Forbidden);
            return null;
        }

        async Task TakeAsync(Dictionary<string, string> form)
        {
            await _taking.WaitAsync(context.RequestAborted);
            try
            {
                if (_isTaken)
                {
                    await WriteAsync(SetupPage.Saved(texts, _proof, null));
                    return;
                }
                var token = Secret.New();
                var file = SettingsFile.Of(Entries(form, token), _options.Zones);
                if (file.Settings is not { } settings)
                {
                    await WriteAsync(Questions(texts, form, file.Faults), StatusCodes.Status422UnprocessableEntity);
                    return;
                }
                _options.Take(settings);
                _isTaken = true;
                await WriteAsync(SetupPage.Saved(texts, _proof, token));
            }
            finally { _taking.Release(); }
        }

        string Questions(SetupTexts language, Dictionary<string, string> given, IReadOnlyList<SettingFault> faults) => SetupPage.Questions(language, _proof, _options.Networks, _options.ZoneNames, given, faults);

        async Task WriteAsync(string text, int status = StatusCodes.Status200OK, string type = "text/html; charset=utf-8")
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            (response.StatusCode, response.ContentType, response.ContentLength) = (status, type, bytes.Length);
            if (request.Method != "HEAD") await response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    private static Socket Bound(EndPoint where, string? device)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(where);
        try
        {
            if (device is not null) UdpResponder.HoldTo(socket, device);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // What the page asks for and no more; a name that was typed counts more than one that was chosen.
    private static IEnumerable<(string, string)> Entries(Dictionary<string, string> form, string token)
    {
        var ssid = form.GetValueOrDefault(SetupPage.OtherSsid, "").Trim() is { Length: > 0 } other ? other : form.GetValueOrDefault(SettingKey.WifiSsid, "");
        yield return (SettingKey.WifiSsid, ssid);
        // Without a network its other answers mean nothing.
        foreach (var name in ssid.Trim().Length > 0 ? new[] { SettingKey.WifiPassword, SettingKey.WifiCountry, SettingKey.WifiHidden } : []) yield return (name, form.GetValueOrDefault(name, ""));
        foreach (var name in new[] { SettingKey.TimeZone, SettingKey.Language, SettingKey.Hostname, SettingKey.AdminName, SettingKey.Mdns }) yield return (name, form.GetValueOrDefault(name, ""));
        yield return (SettingKey.GatewayToken, token);
    }

    private static async Task<Dictionary<string, string>> ReadFormAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (await reader.ReadToEndAsync(cancellation)).Split('&').Take(64))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at > 0) form.TryAdd(WebUtility.UrlDecode(pair[..at]), WebUtility.UrlDecode(pair[(at + 1)..]));
        }
        return form;
    }

    private bool Admit()
    {
        var now = _options.Time.GetTimestamp();
        lock (_tries)
        {
            while (_tries.TryPeek(out var first) && _options.Time.GetElapsedTime(first, now) >= Window) _tries.Dequeue();
            if (_tries.Count >= MostTries) return false;
            _tries.Enqueue(now);
            return true;
        }
    }
}
