using System.Net;
using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Appliance.Gateway.Identity;
using Models;

namespace Appliance.Doctor;

/// <summary>What <c>security audit</c> looks at: who can reach the box, with what secret, who was let in, and what lies open on the disk.</summary>
internal static class SecurityChecks
{
    private static readonly TimeSpan Old = TimeSpan.FromDays(365);

    /// <summary>Every finding.</summary>
    public static IEnumerable<Finding> All(Patient patient) =>
        [.. Bind(patient), .. Visitors(patient), .. Origins(patient), .. Token(patient), .. PlainSecrets(patient), .. SecretPlaces(patient), .. FileModes.Check(patient.Home), .. Pairings(patient), .. Machine(patient)];

    private static IEnumerable<Finding> Bind(Patient patient)
    {
        var bind = patient.Config.Config.Gateway.Bind;
        if (!IPAddress.TryParse(bind, out var address) || IPAddress.IsLoopback(address)) return [Finding.Ok("bind", "only programs of this machine can reach the gateway")];
        return
        [
            new Finding("bind", patient.Config.Config.Gateway.Token is null ? Severity.Critical : Severity.Info, $"gateway.bind is {bind}: the network can reach the gateway",
                "Whoever is in the network may try tokens.", "`appliance config unset gateway.bind` where only this machine needs it; Tailscale for reach from elsewhere."),
            new Finding("http", Severity.Warning, "the gateway speaks plain HTTP to the network", "Who is on the way can read tokens and conversations.", "Put a proxy with TLS or Tailscale in front, and bind to loopback."),
        ];
    }

    private static IEnumerable<Finding> Visitors(Patient patient)
    {
        if (!patient.Config.Config.Gateway.Auth.AllowTailscale) yield break;
        yield return new Finding("tailscale-login", Severity.Info, "gateway.auth.allowTailscale: who comes by tailscale serve is who Tailscale says, without a token", "Whoever has a device of whoever logged this machine in is the owner, and a program of this machine that runs as root can say so too.", "`appliance config unset gateway.auth.allowTailscale` where tokens are wanted; people.*.tailnet names others.");
    }

    private static IEnumerable<Finding> Origins(Patient patient)
    {
        if (patient.Config.Config.Gateway.AllowedOrigins is not { Count: > 0 } origins) return [Finding.Ok("origins", "no web page but the gateway's own may connect")];
        return origins.Select(origin => origin.StartsWith("http://", StringComparison.Ordinal) && !new Uri(origin).IsLoopback
            ? new Finding("origins", Severity.Warning, $"web pages of {origin} may connect, and come over plain HTTP", "Who is on the way can put anything into such a page, and it sees the token.", "Serve it by HTTPS, or take it out of gateway.allowedOrigins.")
            : new Finding("origins", Severity.Info, $"web pages of {origin} may connect with the token", "A fault in such a page is one in this gateway.", "Nothing, where it is yours; else take it out of gateway.allowedOrigins."));
    }

    private static IEnumerable<Finding> Token(Patient patient)
    {
        if (patient.Config.Config.Gateway.Token is not { } reference) return [Finding.Ok("token", "the gateway's own, 256 random bits, kept as a hash")];
        string token;
        try { token = SecretResolver.Resolve(reference, "gateway.token", patient.Home); }
        catch (ModelException e) { return [new Finding("token", Severity.Critical, e.Message, "The gateway does not start.", "Put the secret there: `openssl rand -hex 32`.")]; }
        const string make = "`openssl rand -hex 32` makes a good one.";
        if (token.Length < Secret.Shortest) return [new Finding("token", Severity.Critical, $"gateway.token has {token.Length} characters", "It can be guessed; the gateway does not start with it.", make)];
        // Sixteen different letters are no proof of a good secret; fewer are proof of a bad one in this length, hexadecimal ones aside.
        if (token.Distinct().Count() < 10) return [new Finding("token", Severity.Critical, $"gateway.token has only {token.Distinct().Count()} different characters", "It can be guessed.", make)];
        return [Finding.Ok("token", $"gateway.token has {token.Length} characters")];
    }

    private static IEnumerable<Finding> PlainSecrets(Patient patient)
    {
        if (patient.Config.Current.Document is not { } document) yield break;
        foreach (var (path, secret) in ConfigCommands.Secrets(document).Where(s => s.Secret.Source == SecretSource.Inline))
        {
            yield return new Finding("plain-secret", Severity.Warning, $"{path} stands in {patient.Config.Path} itself", "Every copy of the file has it: backups, editors, questions in a forum.", $$"""Keep it in a file: `appliance config set {{path}} '{"file": "PATH"}'`.""")
            {
                Repair = () =>
                {
                    var name = ConfigSchema.VariableOf(path)["APPLIANCE_".Length..];
                    SecretFiles.Set(patient.Home, name, secret.InlineSecret);
                    patient.Config.Edit(current => ConfigEdit.Set(current, path, new JsonObject { ["file"] = $"secrets/{name}" }));
                    return $"moved {path} into {Path.Combine(patient.Home, "secrets", name)}";
                },
            };
        }
    }

    private static IEnumerable<Finding> SecretPlaces(Patient patient)
    {
        if (patient.Config.Current.Document is not { } document) yield break;
        foreach (var (path, secret) in ConfigCommands.Secrets(document))
        {
            if (secret.Source == SecretSource.Command) yield return new Finding("secret-command", Severity.Info, $"{path} comes from `{secret.Place[0]}`", "It runs with the gateway's rights.", "Nothing, where you have put it there.");
            if (secret.Source != SecretSource.File || OperatingSystem.IsWindows()) continue;
            var file = Path.Combine(patient.Home, secret.Place[0]);
            if (File.Exists(file) && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
                yield return new Finding("secret-file", Severity.Critical, $"{path} is in {file}, which others may read or write", "They have the secret.", $"`chmod 600 {file}`, and make a new secret.");
        }
    }

    private static IEnumerable<Finding> Pairings(Patient patient)
    {
        IdentityState state;
        try
        {
            // Only read: an audit makes no token.
            state = File.Exists(Path.Combine(patient.Home, "gateway", "identity.json")) ? IdentityStore.Open(patient.Home).State : new();
        }
        catch (ModelException e) { return [new Finding("pairings", Severity.Critical, e.Message, "Nobody can connect.", "Repair or remove the file.")]; }
        if (state.Devices.Count + state.Nodes.Count == 0) return [Finding.Ok("pairings", "no device is paired")];
        List<Finding> findings = [];
        var now = patient.Time.GetUtcNow();
        foreach (var device in state.Devices)
        {
            var name = $"{device.DisplayName ?? device.ClientId ?? "device"} ({device.DeviceId[..Math.Min(12, device.DeviceId.Length)]})";
            if (device.Scopes.Contains(Scope.Admin)) findings.Add(new Finding("admin-device", Severity.Info, $"{name} may change everything", "Who has that device has the box.", "Remove it where it need not: `openclaw devices remove`."));
            var last = DateTimeOffset.FromUnixTimeMilliseconds(device.Tokens.Select(t => t.RotatedAtMs ?? t.CreatedAtMs).Append(device.ApprovedAtMs).Max());
            if (now - last > Old) findings.Add(new Finding("old-pairing", Severity.Warning, $"{name} has had the same token since {last:yyyy-MM-dd}", "A token that is as old may be in somebody's backup.", "Rotate it with `openclaw devices rotate`, or remove the device."));
        }
        return findings.Count > 0 ? findings : [Finding.Ok("pairings", $"{state.Devices.Count} devices, {state.Nodes.Count} nodes, none with every right")];
    }

    private static IEnumerable<Finding> Machine(Patient patient)
    {
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
            yield return new Finding("root", Severity.Warning, "this runs as root", "A fault in the gateway would be a fault with every right of the machine.", "Run it as a user of its own.");
        if (patient.Environment["APPLIANCE_ALLOW_HTTP"] is string { Length: > 0 } allowed && allowed != "0")
            yield return new Finding("plain-http-out", Severity.Warning, "APPLIANCE_ALLOW_HTTP lets plain http out", "Who is on the way can read and change what is fetched.", "Unset it when it is not needed.");
    }
}
