using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Appliance.Hosting.Offline;
using Models.Crypto;
using Models.Egress;
using Models.Store;
using Runtime.Audit;
using Runtime.Sandbox;

namespace Appliance.Commands.Offline;

/// <summary>What was tried, what left the box, and what keeps it. Immutable.</summary>
/// <param name="Holds">True where offline mode is on and every way out that was tried is shut, for this program and for the gateway where one runs.</param>
/// <param name="Report">The report as it is signed: JSON in UTF-8.</param>
/// <param name="Rows">The same for a person.</param>
internal sealed record OfflineProof(bool Holds, byte[] Report, IReadOnlyList<string[]> Rows)
{
    // A name nobody may ask for (RFC 2606) and an address nobody has (RFC 5737): where the lock fails, nobody is bothered.
    private const string Name = "offline-proof.invalid", Address = "192.0.2.1";

    /// <summary>Tries every way out of this program and looks at what is recorded of others.</summary>
    public static async Task<OfflineProof> MakeAsync(string home, EgressPolicy policy, TimeProvider time, CancellationToken cancellation)
    {
        // Without offline mode nothing is tried: it would leave the box.
        var tries = policy.Offline ? await TryAsync(policy, cancellation) : [];
        var kernel = policy.Offline ? await KernelProof.MakeAsync(home, cancellation) : KernelProof.None;
        tries.AddRange(kernel.Tries);
        var filter = PacketRules.Look(out var packets);
        var (since, bytes, sent, refused) = Recorded(home);
        var layers = Layers(policy, kernel, filter);
        var models = new ModelStore(home).List().Select(model => (model.Manifest.Name, Hash: HashOf(model.Manifest))).ToList();
        var holds = policy.Offline && tries.TrueForAll(t => t.IsShut) && kernel.GatewayIsOffline != false;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("box", BoxKey.Open(home).Id);
            json.WriteString("at", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            json.WriteBoolean("offline", policy.Offline);
            json.WriteBoolean("holds", holds);
            json.WriteStartArray("tried");
            foreach (var way in tries)
            {
                json.WriteStartObject();
                json.WriteString("way", way.What);
                json.WriteBoolean("refused", way.IsShut);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            // Since the audit log begins.
            if (since is { } first) json.WriteString("since", first);
            json.WriteNumber("bytes_out", bytes);
            json.WriteNumber("requests_sent", sent);
            json.WriteNumber("connections_refused", refused + tries.Count(t => t.IsShut));
            json.WriteStartObject("models");
            foreach (var (name, hash) in models) json.WriteString(name, hash);
            json.WriteEndObject();
            WriteLayers(json, "layers", layers, true);
            WriteLayers(json, "layers_missing", layers, false);
            WriteLayers(json, "layers_unknown", layers, null);
            json.WriteStartArray("ports_open");
            foreach (var port in kernel.OpenPorts) json.WriteNumberValue(port);
            json.WriteEndArray();
            if (filter == true) json.WriteNumber("packets_refused", packets);
            json.WriteEndObject();
        }
        return new OfflineProof(holds, buffer.ToArray(),
        [
            ["offline mode", policy.Offline ? "on" : $"off: set network.offline, or {EgressPolicy.OfflineVariable}=1"],
            .. tries.Select(t => (string[])[$"tried: {t.What}", t.IsShut ? "refused before anything was sent" : "NOT refused"]),
            ["recorded since", since ?? "nothing is recorded yet"],
            ["bytes out, as recorded", $"{bytes:N0} in {sent:N0} requests"],
            ["connections refused", $"{refused + tries.Count(t => t.IsShut):N0}"],
            .. models.Select(m => (string[])[$"model {m.Name}", m.Hash]),
            .. layers.Select(l => (string[])[l.Layer, l.IsInForce switch { true => "in force", false => "not in force", null => "cannot be told without root" }]),
            .. kernel.OpenPorts.Count > 0 ? [["ports the kernel leaves open", $"{string.Join(", ", kernel.OpenPorts)}: of programs of this machine that are configured; other machines at them are held by the program's own door"]] : Array.Empty<string[]>(),
            .. filter == true ? [["packets the filter refused", $"{packets:N0}"]] : Array.Empty<string[]>(),
        ]);
    }

    private static void WriteLayers(Utf8JsonWriter json, string name, IEnumerable<(string Layer, bool? IsInForce)> layers, bool? which)
    {
        json.WriteStartArray(name);
        foreach (var (layer, _) in layers.Where(l => l.IsInForce == which)) json.WriteStringValue(layer);
        json.WriteEndArray();
    }

    private static async Task<List<WayOut>> TryAsync(EgressPolicy policy, CancellationToken cancellation)
    {
        using var door = new EgressDoor(policy);
        using var outside = new PublicDoor(policy);
        using var client = door.CreateHttpClient();
        using var page = outside.CreateHttpClient();
        return
        [
            await TryAsync("HTTPS by name", () => client.GetAsync(new Uri($"https://{Name}/"), cancellation)),
            await TryAsync("HTTPS by address", () => client.GetAsync(new Uri($"https://{Address}/"), cancellation)),
            await TryAsync("a WebSocket or another connection", async () => await door.ConnectAsync(new DnsEndPoint(Address, 443), cancellation)),
            await TryAsync("a name server", async () => await door.ConnectAsync(new DnsEndPoint(Name, 443), cancellation)),
            await TryAsync("a page of the web", () => page.GetAsync(new Uri($"https://{Name}/"), cancellation)),
        ];
    }

    private static async Task<WayOut> TryAsync<T>(string what, Func<Task<T>> way) where T : IDisposable
    {
        try
        {
            using var open = await way();
            return new(what, false);
        }
        catch (EgressException)
        {
            return new(what, true);
        }
        catch (Exception e) when (e.InnerException is EgressException)
        {
            return new(what, true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Net.Sockets.SocketException)
        {
            return new(what, false);
        }
    }

    private static (string? Since, long Bytes, int Sent, int Refused) Recorded(string home)
    {
        var (oldest, bytes, sent, refused) = (long.MaxValue, 0L, 0, 0);
        foreach (var record in AuditReader.NewestFirst(home))
        {
            oldest = record.Ts;
            if (record.Event.Kind != AuditKind.Egress || IsHere(record.Event.Resource)) continue;
            if (record.Event.Decision == AuditEvent.Deny) refused++;
            else (sent, bytes) = (sent + 1, bytes + BytesOf(record.Event.Detail));
        }
        var since = oldest == long.MaxValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(oldest).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return (since, bytes, sent, refused);
    }

    private static bool IsHere(string? resource) => resource is not null && EgressPolicy.IsThisMachine(resource[..Math.Max(0, resource.LastIndexOf(':'))]);

    // As EgressAudit writes it: "what for, N bytes".
    private static long BytesOf(string? detail)
    {
        if (detail is null || !detail.EndsWith(" bytes", StringComparison.Ordinal)) return 0;
        var number = detail.AsSpan(0, detail.Length - " bytes".Length);
        return long.TryParse(number[(number.LastIndexOf(' ') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
    }

    private static List<(string Layer, bool? IsInForce)> Layers(EgressPolicy policy, KernelProof kernel, bool? filter) =>
    [
        ("the program's one door out is locked", policy.Offline),
        ($"commands have no network ({CommandSandbox.Status.Level})", CommandSandbox.Status.DeniesNetwork),
        ($"the kernel connects {kernel.Whose} and its children to nothing by TCP (Landlock)", kernel.Lock.Tcp),
        ($"the kernel gives {kernel.Whose} and its children no UDP, no raw and no other sockets (seccomp)", kernel.Lock.Others),
        ("the kernel's packet filter refuses what leaves (nftables; `appliance offline enforce` sets it)", filter),
    ];

    // One over all files says whether two models are one.
    private static string HashOf(ModelManifest manifest) =>
        Convert.ToHexStringLower(Sha256.Hash(Encoding.UTF8.GetBytes(string.Concat(manifest.Files.Select(f => $"{f.Name} {f.Sha256}\n")))));
}
