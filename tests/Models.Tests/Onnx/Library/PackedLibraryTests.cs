using System.Diagnostics;
using System.Security.Cryptography;
using Models.Onnx;
using Models.Onnx.Library;
using TestKit;

namespace Models.Tests.Onnx.Library;

public sealed class PackedLibraryTests : IDisposable
{
    private static readonly byte[] Telling = [0xE8, 0xE9, 0x48, 0x8B, 0x0F, 0x05, 0x3D, 0x00, 0x00, 0x01, 0xFF, 0xFF, 0xFE];
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Unpack_TheOneInThisBinary_IsThePublishersToTheLastByte()
    {
        using var packed = PackedLibrary.Open();
        using var library = new MemoryStream();
        packed.Unpack(library);
        Assert.Equal(packed.Hash, SHA256.HashData(library.GetBuffer().AsSpan(0, (int)library.Length)));
        Assert.Equal([0x7F, (byte)'E', (byte)'L', (byte)'F'], library.GetBuffer()[..4]);
    }

    [Fact]
    public void Unpack_OfWhatever_IsWhatWasPacked()
    {
        var random = new SeededRandom(20261126);
        for (var round = 0; round < 5; round++)
        {
            // Full of what the filter looks for, close together and with distances that it has to tell apart: within the file, and beyond either end.
            var file = new byte[round < 2 ? round * 7 : 270_000 + random.Next(10_000)];
            for (var at = 0; at < file.Length; at++) file[at] = Telling[random.Next(Telling.Length)];
            for (var at = 0; at + 12 < file.Length; at += 1 + random.Next(40))
            {
                BitConverter.TryWriteBytes(file.AsSpan(at + 3), random.Next(6) switch
                {
                    0 => -at - 12 + random.Next(12),
                    1 => file.Length - at - 12 + random.Next(12),
                    2 => file.Length - 6 + random.Next(12),
                    3 => -random.Next(2 * file.Length),
                    _ => random.Next(2 * file.Length),
                });
                (file[at], file[at + 2]) = ((byte)(random.Next(3) switch { 0 => 0xE8 + random.Next(2), 1 => 0x48 + random.Next(8), _ => 0x0F }), (byte)(5 + 8 * random.Next(8)));
            }
            File.WriteAllBytes(_folder["file"], file);
            using var packed = new PackedLibrary(Pack("file"));
            using var unpacked = new MemoryStream();
            packed.Unpack(unpacked);
            Assert.Equal(file, unpacked.ToArray());
        }
    }

    [Fact]
    public void Unpack_OfDamage_IsRefused()
    {
        File.WriteAllBytes(_folder["file"], RandomNumberGenerator.GetBytes(100_000));
        var bytes = Pack("file").ToArray();
        bytes[60_000] ^= 1;
        using var packed = new PackedLibrary(new MemoryStream(bytes));
        Assert.Contains("damaged", Assert.Throws<OnnxRuntimeException>(() => packed.Unpack(Stream.Null)).Message);
    }

    public void Dispose() => _folder.Dispose();

    private MemoryStream Pack(string file)
    {
        var arch = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        using var node = Process.Start("node", [Path.Combine(Repository.Root, "src/Models/Onnx/Library/pack.mjs"), _folder[file], _folder["packed"], arch]);
        node.WaitForExit();
        Assert.Equal(0, node.ExitCode);
        return new MemoryStream(File.ReadAllBytes(_folder["packed"]));
    }
}
