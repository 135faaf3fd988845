using System.Buffers.Binary;
using System.Text.Json;
using Models.Import;

namespace Models.Store;

/// <summary>Packs a model as <see cref="BuiltInModel"/> carries it; used when the program is built.</summary>
public static class ModelPacker
{
    /// <summary>Imports a model with weights of 8 bits, for one so small loses by 4, and packs it into a file. The same model gives the same file.</summary>
    /// <exception cref="ImportException">The source cannot be imported.</exception>
    public static ModelManifest Pack(string source, string target)
    {
        var folder = Directory.CreateTempSubdirectory("pack-").FullName;
        try
        {
            var isOnnx = File.Exists(Path.Combine(source, GenAiConfig.FileName));
            var report = ModelImporter.Import(source, folder, new ImportOptions { Quantization = isOnnx ? Quantization.Auto : Quantization.Int8 }, CancellationToken.None);
            List<ModelFile> files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path =>
            {
                var (size, sha256) = Disk.SyncAndHash(path, CancellationToken.None);
                return new ModelFile(Path.GetFileName(path), size, sha256);
            })];
            var manifest = new ModelManifest
            {
                Name = BuiltInModel.Name,
                Source = "part of the program",
                Kind = report.Kind,
                Architecture = report.Architecture,
                Parameters = report.Parameters,
                Quantization = report.Quantization,
                ContextLength = report.ContextLength,
                License = "MIT",
                // It is installed with the program, whenever that is: the same model gives the same file.
                InstalledAt = DateTimeOffset.UnixEpoch,
                Files = files,
            };
            var head = JsonSerializer.SerializeToUtf8Bytes(manifest, ModelManifestJson.Default.ModelManifest);
            using var packed = File.Create(target);
            Span<byte> length = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)head.Length);
            packed.Write(length);
            packed.Write(head);
            foreach (var file in files)
            {
                using var from = File.OpenRead(Path.Combine(folder, file.Name));
                from.CopyTo(packed);
            }
            return manifest;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
