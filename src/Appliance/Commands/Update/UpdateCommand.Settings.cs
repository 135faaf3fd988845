using System.CommandLine;
using System.Security.Cryptography;
using Appliance.Update;
using Appliance.Update.Manifests;
using Appliance.Update.Slots;
using Models.Egress;

namespace Appliance.Commands.Update;

internal static partial class UpdateCommand
{
    // RFC 8410, the beginning of every public key of Ed25519 in DER; the key's own 32 bytes follow.
    private static ReadOnlySpan<byte> KeyHead => [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    private static Command ChannelCommand(Func<SlotFolder?> slots)
    {
        var channel = new Argument<string?>("channel") { HelpName = "stable|beta", Arity = ArgumentArity.ZeroOrOne, Description = "Which releases are taken; without it, it is shown." };
        channel.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && !UpdateSettings.IsChannel(name)) result.AddError("There are the channels stable and beta.");
        });
        var url = new Option<string?>("--url") { HelpName = "ADDRESS", Description = "Where releases are found, https://…; an empty one is where this program's own was." };
        var command = new Command("channel", "Show or set which releases are taken, and from where.") { channel, url, Json };
        command.SetAction(parsed =>
        {
            var (terminal, folder) = (Terminal.Of(parsed), Require(slots));
            var settings = UpdateSettings.Read(folder);
            var changed = settings with { Channel = parsed.GetValue(channel) ?? settings.Channel, Url = parsed.GetValue(url) is { } given ? Address(given) : settings.Url };
            if (changed != settings) changed.Save(folder);
            if (parsed.GetValue(Json)) Print(terminal, changed.Write);
            else terminal.WriteLine($"{changed.Channel}, from {changed.Place ?? "nowhere yet"}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command TrustCommand(Func<SlotFolder?> slots)
    {
        var file = new Argument<string>("file") { HelpName = "FILE", Description = "A public Ed25519 key in PEM, as `openssl pkey -pubout` writes it." };
        var remove = new Option<bool>("--remove") { Description = "It does not count any more." };
        var command = new Command("trust", "Take releases that are signed by another key too: your own, or a mirror's. Whoever has it can exchange this program.") { file, remove, Json };
        command.SetAction(parsed =>
        {
            var (terminal, folder) = (Terminal.Of(parsed), Require(slots));
            var settings = UpdateSettings.Read(folder);
            var key = ReadKey(parsed.GetValue(file)!);
            var name = Convert.ToHexStringLower(key);
            var others = settings.Keys.Where(known => known != name);
            var changed = settings with { Keys = [.. parsed.GetValue(remove) ? others : others.Append(name)] };
            changed.Save(folder);
            if (parsed.GetValue(Json)) Print(terminal, changed.Write);
            else terminal.WriteLine($"{ManifestReader.IdOf(key)} {(parsed.GetValue(remove) ? "does not count any more" : "counts from now on")}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static string? Address(string text)
    {
        if (text.Length == 0) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Query.Length > 0 || address.UserInfo.Length > 0) throw new UpdateException($"'{text}' is no plain address.");
        // Whether it may be reached at all is said now and not at night.
        new EgressPolicy { PlainHttp = EgressPolicy.FromEnvironment().PlainHttp }.Check(address);
        return text.TrimEnd('/');
    }

    private static byte[] ReadKey(string path)
    {
        try
        {
            var text = new FileInfo(path).Length <= 4096 ? File.ReadAllText(path) : "";
            var pem = PemEncoding.TryFind(text, out var fields) && text[fields.Label] == "PUBLIC KEY" ? Convert.FromBase64String(text[fields.Base64Data]) : [];
            return pem.Length == KeyHead.Length + 32 && pem.AsSpan().StartsWith(KeyHead) ? pem[KeyHead.Length..] : throw new UpdateException($"{path} is no public Ed25519 key in PEM.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateException($"Cannot read {path}: {e.Message}", e);
        }
    }
}
