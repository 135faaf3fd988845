using System.CommandLine;
using Appliance.Config;
using Appliance.Network.Tailscale;
using Models;
using Models.Store;

namespace Appliance.Commands.Network;

// What connects this machine, and gets it a certificate.
internal static partial class TailscaleCommand
{
    // Somebody opens a page and logs in; an administrator lets a machine in.
    private static readonly TimeSpan LoginPatience = TimeSpan.FromMinutes(30), CertificatePatience = TimeSpan.FromMinutes(5);

    private static Command Up(Func<string> home)
    {
        var keyFile = new Option<string?>("--authkey-file") { HelpName = "PATH", Description = "File with an auth key, of mode 0600: it logs in without a person, and is erased when that worked." };
        var hostname = new Option<string?>("--hostname") { HelpName = "NAME", Description = "What this machine is called in the tailnet; its own name by default." };
        var command = new Command("up", "Connect this machine to its tailnet. Where nobody is logged in, shows the page to log in on, as a QR code too.") { keyFile, hostname };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var config = ConfigStore.Open(home());
            if (Outbound.Of(config).Offline) throw new TailscaleException(TailscaleFault.NotAllowed, "Offline mode is on, so this machine is not connected to a tailnet. `appliance config unset network.offline` where that is meant.");
            var (terminal, program) = (Terminal.Of(parsed), TailscaleProgram.Get(config.Config.Gateway.Tailscale.Program));
            var key = parsed.GetValue(keyFile) is { } path ? AuthKeyFile.Open(path) : null;
            if (parsed.GetValue(hostname) is { } name && (name.Length is 0 or > 63 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))) throw new ModelException($"'{name}' is no name for a machine: letters, digits and -, 63 at most.");
            await program.StatusAsync(cancellation);
            List<string> words = ["up"];
            // The command reads the file: a key among its words could be read by every program of this machine.
            if (key is not null) words.Add($"--auth-key=file:{key.Path}");
            if (parsed.GetValue(hostname) is { } wished) words.Add($"--hostname={wished}");
            string? shown = null;
            var answer = await program.RunAsync([.. words], cancellation, line =>
            {
                if (line.Trim() is not ['h', 't', 't', 'p', 's', ':', ..] url || url == shown || url.Contains(' ', StringComparison.Ordinal)) return;
                shown = url;
                terminal.WriteLine($"Open this page to let this machine in: {url}");
                NetworkCommand.ShowQr(terminal, url);
            }, LoginPatience);
            answer.Require();
            var status = await program.StatusAsync(cancellation);
            if (status.Problem is { } problem) throw problem;
            key?.Erase();
            terminal.WriteLine($"This machine is {status.Name ?? "connected"}, {string.Join(", ", status.Addresses)}.{(key is null ? "" : " The file with the auth key is erased.")}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Certificate(Func<string> home)
    {
        var command = new Command("cert", "Get a certificate for this machine's name in the tailnet, for a TLS proxy of your own. This server speaks no TLS itself, and serve and funnel need none.");
        command.SetAction(async (parsed, cancellation) =>
        {
            using var config = ConfigStore.Open(home());
            if (Outbound.Of(config).Offline) throw new TailscaleException(TailscaleFault.NotAllowed, "Offline mode is on, so no certificate is asked for. `appliance config unset network.offline` where that is meant.");
            var (terminal, program) = (Terminal.Of(parsed), TailscaleProgram.Get(config.Config.Gateway.Tailscale.Program));
            var status = await program.StatusAsync(cancellation);
            var name = status.RequireName();
            if (!status.CertificateNames.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw new TailscaleException(TailscaleFault.Other, $"Your tailnet gives no certificate for {name}, because HTTPS is off there. Turn it on at https://login.tailscale.com/admin/dns.");
            var folder = Path.Combine(home(), "tls");
            HomeFolder.EnsureFolder(folder);
            var (certificate, key) = (Path.Combine(folder, $"{name}.crt"), Path.Combine(folder, $"{name}.key"));
            (await program.RunAsync(["cert", $"--cert-file={certificate}", $"--key-file={key}", name], cancellation, null, CertificatePatience)).Require();
            foreach (var file in (string[])[certificate, key])
            {
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            terminal.WriteLine($"certificate  {certificate}");
            terminal.WriteLine($"key          {key}");
            terminal.WriteLine("Good for 90 days; the same command renews it. This server does not use them: they are for a proxy of yours that ends TLS in front of it.");
            return ExitCode.Ok;
        });
        return command;
    }
}
