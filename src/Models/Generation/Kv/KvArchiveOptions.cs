using System.Security.Cryptography;
using System.Text;
using Models.Onnx;
using Models.Onnx.Attention;
using Models.Store;

namespace Models.Generation.Kv;

/// <summary>Where and how a model's computed keys and values are kept across restarts. Immutable.</summary>
public sealed record KvArchiveOptions
{
    private const string Extension = ".kv";

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

    /// <summary>The options of an installed model: a file of its name in <see cref="Folder"/>. Files of models that are gone are deleted.</summary>
    public static KvArchiveOptions For(ModelStore store, InstalledModel model, Action<string> notice)
    {
        var folder = Folder(store.Home);
        if (Directory.Exists(folder))
        {
            var names = store.Names().ToHashSet();
            foreach (var file in Directory.EnumerateFiles(folder, "*" + Extension))
                if (!names.Contains(System.IO.Path.GetFileNameWithoutExtension(file))) File.Delete(file);
        }
        return new()
        {
            Path = System.IO.Path.Combine(folder, model.Manifest.Name + Extension),
            // Its weights, its graph and its tokenizer.
            Model = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
                string.Join('\n', model.Manifest.Files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{file.Name} {file.Sha256}"))))),
            Notice = notice,
        };
    }

    /// <summary>Bytes that the files of a home take in all.</summary>
    public static long SizeOf(string home)
    {
        var folder = new DirectoryInfo(Folder(home));
        return folder.Exists ? folder.EnumerateFiles().Sum(file => file.Length) : 0;
    }

    private static string Folder(string home) => System.IO.Path.Combine(home, "cache", "kv");

    /// <summary>What the blocks of this model, in this layout and on this engine, are known by; 32 bytes.</summary>
    internal byte[] Key(KvLayout layout, int? context) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', Model, layout, context, Engine, OrtApi.LibraryVersion)));
}
