using System.Buffers.Binary;
using Models.Import;
using Models.Tests.Import.Safetensors;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Import;

/// <summary>Damaged files: an error a person can read, or a model; never a crash, a hang or memory without bound.</summary>
[Collection(MeasuringCollection.Name)]
public sealed class ImportFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int Mutations = 1500;
    private const long AllowedAllocation = 64 << 20;

    // Values that sit on the edges of what counts, lengths and offsets may be.
    private static readonly ulong[] Edges =
        [0, 1, 2, 31, 32, 255, 256, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue];

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("llama", nameof(GgufKind.F32))]
    [InlineData("qwen2", nameof(GgufKind.Q4_0))]
    public void Import_MutatedGguf_FailsCleanly(string architecture, string kind)
    {
        var path = _folder["model.gguf"];
        new GgufModel { Architecture = architecture, Kind = Enum.Parse<GgufKind>(kind), HiddenSize = 32, Heads = 2, KvHeads = 1, FeedForwardSize = 32, Layers = 1 }.Save(path);
        Fuzz(path, path, new SeededRandom(1), headerBytes: 8000);
    }

    [Fact]
    public void Import_MutatedSafetensors_FailsCleanly()
    {
        SafetensorsFolder.Write(_folder.Path);
        File.WriteAllText(_folder["tokenizer.json"], Tokenizer());
        Fuzz(_folder.Path, _folder["model.safetensors"], new SeededRandom(2), headerBytes: 1500);
    }

    [Fact]
    public void Import_MutatedConfig_FailsCleanly()
    {
        SafetensorsFolder.Write(_folder.Path);
        File.WriteAllText(_folder["tokenizer.json"], Tokenizer());
        Fuzz(_folder.Path, _folder["config.json"], new SeededRandom(3), headerBytes: 1 << 20);
    }

    [Fact]
    public void Import_MutatedOnnxGraph_FailsCleanly()
    {
        new GgufModel { HiddenSize = 32, Heads = 2, KvHeads = 1, FeedForwardSize = 32, Layers = 1 }.Save(_folder["model.gguf"]);
        ModelImporter.Import(_folder["model.gguf"], _folder["made"], new ImportOptions(), CancellationToken.None);
        Fuzz(_folder["made"], Path.Combine(_folder["made"], "model.onnx"), new SeededRandom(4), headerBytes: 1 << 20);
    }

    // Most mutations fall on the first bytes, where counts, lengths and offsets are; the rest hold weights, of which any value is valid.
    private void Fuzz(string source, string file, SeededRandom random, int headerBytes)
    {
        var original = File.ReadAllBytes(file);
        var (refused, imported) = (0, 0);
        for (var round = 0; round < Mutations; round++)
        {
            var bytes = Mutate(original, random, random.Next(10) < 9 ? Math.Min(headerBytes, original.Length) : original.Length);
            File.WriteAllBytes(file, bytes);
            var target = _folder["target"];
            var before = GC.GetTotalAllocatedBytes(precise: true);
            try
            {
                ModelImporter.Import(source, target, new ImportOptions { Quantization = (Quantization)random.Next(4) }, CancellationToken.None);
                imported++;
            }
            catch (ModelException e)
            {
                Assert.NotEmpty(e.Message);
                refused++;
            }
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            Assert.True(allocated <= bytes.Length + AllowedAllocation, $"round {round}: {allocated:N0} bytes allocated for a file of {bytes.Length:N0}");
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        }
        output.WriteLine($"figure: {Mutations} mutations of {Path.GetFileName(file)}: {refused} refused, {imported} imported all the same");
        // A fuzz whose mutations all pass, or all fail at once, would prove little.
        Assert.InRange(refused, Mutations / 10, Mutations - 1);
    }

    private static byte[] Mutate(byte[] original, SeededRandom random, int range)
    {
        var bytes = original.ToArray();
        switch (random.Next(6))
        {
            case 0:
                for (var flips = random.Next(8); flips >= 0; flips--) bytes[random.Next(range)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                return bytes[..random.Next(range)];
            case 2:
                var size = 1 << random.Next(4);
                Span<byte> edge = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(edge, Edges[random.Next(Edges.Length)]);
                edge[..size].CopyTo(bytes.AsSpan(random.Next(Math.Max(1, range - 8))));
                return bytes;
            case 3:
                var at = random.Next(range);
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + 1 + random.Next(64))..]];
            case 4:
                var here = random.Next(range);
                var from = random.Next(range);
                return [.. bytes[..here], .. bytes[from..Math.Min(bytes.Length, from + 1 + random.Next(64))], .. bytes[here..]];
            default:
                for (var count = random.Next(16); count >= 0; count--) bytes[random.Next(range)] = (byte)random.NextBits();
                return bytes;
        }
    }

    private string Tokenizer()
    {
        using var folder = new TemporaryFolder();
        new GgufModel().Save(folder["model.gguf"]);
        ModelImporter.Import(folder["model.gguf"], folder["model"], new ImportOptions(), CancellationToken.None);
        return File.ReadAllText(Path.Combine(folder["model"], "tokenizer.json"));
    }

    public void Dispose() => _folder.Dispose();
}
