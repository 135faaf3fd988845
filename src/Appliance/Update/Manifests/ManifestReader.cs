using System.Buffers;
using System.Text.Json;
using Models.Crypto;
using Models.Store;

namespace Appliance.Update.Manifests;

/// <summary>Reads manifests: the signature first, and nothing of what is in it before that is right.</summary>
internal static class ManifestReader
{
    /// <summary>Most bytes of a manifest.</summary>
    public const int Longest = 1 << 20;

    private const int MostFiles = 10_000, MostDeltas = 32;
    private const long LargestFile = 1L << 40;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> InNames = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._+-/");

    /// <summary>Reads one.</summary>
    /// <param name="text">Its bytes.</param>
    /// <param name="signature">The signature over them, 64 bytes.</param>
    /// <param name="keys">The public keys that count here, 32 bytes each.</param>
    /// <exception cref="UpdateException">The signature is not right, or by no key that counts, or it is no manifest.</exception>
    public static UpdateManifest Read(ReadOnlyMemory<byte> text, ReadOnlySpan<byte> signature, IReadOnlyList<byte[]> keys)
    {
        if (keys.Count == 0)
            throw new UpdateException("This program has no key by which an update could be checked. Give it one: `appliance update trust FILE`, with the public key of whoever makes your releases.");
        if (text.Length > Longest) throw new UpdateException($"The manifest has {text.Length:N0} bytes, which no manifest has.");
        byte[]? signer = null;
        foreach (var key in keys)
            if (Ed25519.Verify(key, text.Span, signature)) signer = key;
        if (signer is null) throw Refuse(text, keys);
        try
        {
            var manifest = Parse(JsonElement.Parse(text.Span));
            return manifest.Key == IdOf(signer) ? manifest : throw new InvalidDataException("it names another key than the one that signed it");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new UpdateException($"The manifest is signed and no manifest that this version can read: {e.Message}.", e);
        }
    }

    /// <summary>How a manifest names a public key: the first 16 digits of its SHA-256.</summary>
    public static string IdOf(ReadOnlySpan<byte> key) => BoxKey.IdOf(key)[..16];

    // Which of the two it is helps a person; what an unsigned text says of itself changes nothing else.
    private static UpdateException Refuse(ReadOnlyMemory<byte> text, IReadOnlyList<byte[]> keys)
    {
        string? named = null;
        try
        {
            using var json = JsonDocument.Parse(text);
            named = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String ? key.GetString() : null;
        }
        catch (JsonException) { }
        return named is { Length: 16 } id && id.AsSpan().IndexOfAnyExcept(Digits) < 0 && !keys.Any(key => IdOf(key) == id)
            ? new UpdateException($"The manifest names a key that this box does not know ({id}). Where it is right, `appliance update trust FILE` adds it.")
            : new UpdateException("The signature of the manifest is not right: somebody changed it, or it was damaged on its way. Nothing was changed.");
    }

    private static UpdateManifest Parse(JsonElement json)
    {
        var fields = new StrictObject(json, "the manifest");
        if (fields.Number("format", int.MaxValue) is var format && format != 1) throw new InvalidDataException($"its format is {format}, and this version knows 1");
        var manifest = new UpdateManifest
        {
            Kind = fields.Text("kind", text => text is "binary" or "image" or "bundle") switch { "binary" => UpdateKind.Binary, "image" => UpdateKind.Image, _ => UpdateKind.Bundle },
            Version = fields.Text("version", IsVersion),
            Release = fields.Number("release", long.MaxValue),
            From = fields.Number("from", long.MaxValue),
            Channel = fields.Text("channel", UpdateSettings.IsChannel),
            Created = fields.Time("created"),
            Expires = fields.Time("expires"),
            Key = fields.Text("key", text => IsHex(text, 16)),
            Files = [.. fields.List("files", MostFiles).Select(ReadFile)],
        };
        fields.End();
        foreach (var file in manifest.Files) Check(manifest.Kind, file);
        if (manifest.Files.Select(file => file.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() != manifest.Files.Count) throw new InvalidDataException("a file is in it twice");
        if (manifest.Files.Where(file => file.Rid is not null).GroupBy(file => (file.Role, file.Rid)).Any(group => group.Count() > 1)) throw new InvalidDataException("it has two files for one thing");
        return manifest;
    }

    private static UpdateFile ReadFile(JsonElement json)
    {
        var fields = new StrictObject(json, "a file");
        var file = new UpdateFile(
            fields.Text("role", text => text is "program" or "model" or "skill" or "root" or "kernel" or "initrd"),
            fields.OptionalText("rid", text => text is "linux-x64" or "linux-arm64" or "win-x64"), fields.OptionalText("as", ModelName.IsValid), fields.Text("name", IsName),
            fields.Number("size", LargestFile), fields.Text("sha256", text => IsHex(text, 64)), [.. fields.List("deltas", MostDeltas, isOptional: true).Select(ReadDelta)]);
        fields.End();
        return file;
    }

    private static UpdateDelta ReadDelta(JsonElement json)
    {
        var fields = new StrictObject(json, "a delta");
        var delta = new UpdateDelta(fields.Text("from", text => IsHex(text, 64)), fields.Text("name", IsName), fields.Number("size", LargestFile), fields.Text("sha256", text => IsHex(text, 64)));
        fields.End();
        return delta;
    }

    private static void Check(UpdateKind kind, UpdateFile file)
    {
        var isContent = file.Role is "model" or "skill";
        var belongs = file.Role == "program" ? kind != UpdateKind.Image : isContent ? kind == UpdateKind.Bundle : kind == UpdateKind.Image;
        if (!belongs) throw new InvalidDataException($"a file with the role {file.Role} does not belong in it");
        if (isContent ? file.As is null || file.Rid is not null : file.Rid is null || file.As is not null) throw new InvalidDataException($"{file.Name} needs {(isContent ? "'as' and no 'rid'" : "'rid' and no 'as'")}");
        if (file.Deltas.Count > 0 && file.Role != "program") throw new InvalidDataException($"{file.Name} can have no deltas");
    }

    private static bool IsHex(string text, int length) => text.Length == length && text.AsSpan().IndexOfAnyExcept(Digits) < 0;

    // A path below the manifest's folder, whatever disk it lies on, and an address below its own as it stands.
    private static bool IsName(string text) =>
        text.Length is > 0 and <= 200 && text.AsSpan().IndexOfAnyExcept(InNames) < 0 && text.Split('/').All(step => step.Length > 0 && step[0] != '.' && step[^1] != '.');

    private static bool IsVersion(string text)
    {
        var numbers = text.Split('-', 2);
        return text.Length <= 64 && numbers[0].Split('.') is { Length: 3 } parts && parts.All(part => part.Length is > 0 and <= 9 && part.All(char.IsAsciiDigit))
            && (numbers.Length == 1 || numbers[1].Length > 0 && numbers[1].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'));
    }
}
