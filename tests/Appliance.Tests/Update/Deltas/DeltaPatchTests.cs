using System.Diagnostics;
using Appliance.Update.Deltas;
using TestKit;

namespace Appliance.Tests.Update.Deltas;

public sealed class DeltaPatchTests
{
    private static readonly string Maker = Path.Combine(Repository.Root, "firmware-scripts", "delta.mjs");

    [NodeFact]
    public async Task Apply_OfWhatTheMakerMade_IsTheNewFile()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(7);
        for (var round = 0; round < 12; round++)
        {
            var (old, made) = Pair(random, round);
            var delta = await MakeAsync(folder, old, made);
            Assert.Equal(made, Patch(old, delta, made.Length));
        }
    }

    [NodeFact]
    public async Task Make_OfCodeThatMoved_IsSmall()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        var old = new byte[300_000];
        random.NextBytes(old);
        // As code does that moved: every fifteenth to fiftieth byte, an address, is another.
        byte[] moved = [.. new byte[1000], .. old];
        for (var at = 2000; at < moved.Length; at += random.Next(15, 50)) moved[at] += 16;
        var delta = await MakeAsync(folder, old, moved);
        Assert.Equal(moved, Patch(old, delta, moved.Length));
        Assert.InRange(delta.Length, 1, moved.Length / 4);
    }

    [NodeFact]
    public async Task Apply_OfADamagedDelta_EndsAndWritesNoMoreThanTheSize()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(11);
        var (old, made) = Pair(random, 3);
        var delta = await MakeAsync(folder, old, made);
        for (var round = 0; round < 2000; round++)
        {
            var damaged = delta.ToArray();
            if (round % 5 == 0) damaged = damaged[..random.Next(damaged.Length)];
            else damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            using var output = new MemoryStream();
            try { DeltaPatch.Apply(new MemoryStream(old), new MemoryStream(damaged), output, made.Length, null, CancellationToken.None); }
            catch (Exception e) when (e is InvalidDataException or InvalidOperationException) { }
            Assert.InRange(output.Length, 0, made.Length);
        }
    }

    [Fact]
    public void Apply_OfSomethingElse_IsRefused()
    {
        foreach (var delta in (byte[][])[[], [1, 2, 3], "APD1"u8.ToArray(), "APD2xxxxxxxx"u8.ToArray()])
            Assert.ThrowsAny<Exception>(() => Patch([1, 2, 3], delta, 3));
    }

    private static (byte[] Old, byte[] Made) Pair(Random random, int round)
    {
        var old = new byte[round == 0 ? 0 : random.Next(1, 40_000)];
        random.NextBytes(old);
        var made = new List<byte>();
        for (var i = 0; i < round; i++)
        {
            var begin = random.Next(old.Length);
            made.AddRange(old.AsSpan(begin, random.Next(old.Length - begin)));
            var fresh = new byte[random.Next(300)];
            random.NextBytes(fresh);
            made.AddRange(fresh);
        }
        return (old, [.. made]);
    }

    private static byte[] Patch(byte[] old, byte[] delta, int size)
    {
        using var output = new MemoryStream();
        DeltaPatch.Apply(new MemoryStream(old), new MemoryStream(delta), output, size, null, CancellationToken.None);
        return output.ToArray();
    }

    private static async Task<byte[]> MakeAsync(TemporaryFolder folder, byte[] old, byte[] made)
    {
        await File.WriteAllBytesAsync(folder["old"], old);
        await File.WriteAllBytesAsync(folder["new"], made);
        using var process = Process.Start(new ProcessStartInfo(Node.Path!, [Maker, folder["old"], folder["new"], folder["delta"]]) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
        return await File.ReadAllBytesAsync(folder["delta"]);
    }
}
