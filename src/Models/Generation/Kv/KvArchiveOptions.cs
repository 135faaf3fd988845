using System.Security.Cryptography;
using System.Text;
using Models.Onnx;
using Models.Onnx.Attention;
using Models.Store;

namespace Models.Generation.Kv;

/// <summary>Where and how a model's computed keys and values are kept across restarts. Immutable.</summary>
public sealed record KvArchiveOptions
{
    // Counts up when the numbers that the engine makes for the same model change.
    private const int Engine = 1;

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>What the model is: a hash over its files.</summary>
    public required string Model { get; init; }

    /// <summary>Most bytes the file may have, but for its head.</summary>
    public long MostBytes { get; init; } = 128L << 20;

    /// <summary>Hears, in one sentence, when a file cannot be used or written.</summary>
    public Action<string> Notice { get; init; } = static _ => { };

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The options of an installed model: a file below the home's cache folder.</summary>
    public static KvArchiveOptions For(InstalledModel model, string home, Action<string> notice) => new()
    {
        Path = System.IO.Path.Combine(home, "cache", "kv", model.Manifest.Name + ".kv"),
        // Its weights, its graph and its tokenizer.
        Model = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\n', model.Manifest.Files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{file.Name} {file.Sha256}"))))),
        Notice = notice,
    };

    /// <summary>What the blocks of this model, in this layout and on this engine, are known by; 32 bytes.</summary>
    internal byte[] Key(KvLayout layout, int? context) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', Model, layout, context, Engine, OrtApi.LibraryVersion)));
}
