using System.Globalization;
using Models.Generation.Kv;
using Models.Onnx.Attention;
using Models.Tests.Store;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Generation.Kv;

/// <summary>Keys and values on the disk: what is wrong with a file never shows in an answer. A block's contents are its tokens.</summary>
public sealed unsafe class KvFileTests(ITestOutputHelper output) : IDisposable
{
    private static readonly KvLayout Layout = new(1, 1, 8, KvType.Float32);
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Restore_WhatWasSaved_IsThereAndSharedAsBefore()
    {
        Save(_folder["kv"], Text(0, 100), Text(0, 40, 70), Text(900, 64));
        using var cache = new KvCache(Layout, 64);
        var (tokens, reason) = cache.Restore(_folder["kv"], Key);
        Assert.Null(reason);
        // The second begins with the first's 32; its rest, and the partly filled last block of the first, are there too.
        Assert.Equal(100 + 40 + 70 - 32 + 64, tokens);
        foreach (var text in (int[][])[Text(0, 100), Text(0, 40, 70), Text(900, 64)])
        {
            using var sequence = cache.CreateSequence(512);
            sequence.Reuse(text);
            Check(sequence, text);
        }
    }

    [Fact]
    public void Restore_OfFiveHundredTokens_TakesMilliseconds()
    {
        // Qwen2.5 0.5B: 24 layers, two heads of 64 dimensions.
        var layout = new KvLayout(24, 2, 64, KvType.Float32);
        using (var cache = new KvCache(layout, 20))
        {
            using (var sequence = cache.CreateSequence(512)) KvSequenceTests.Extend(sequence, Text(0, 512));
            var held = cache.Hold(long.MaxValue);
            KvFile.Write(_folder["kv"], Key, layout.BlockBytes, [.. held.Select(node => (node.Parent, node.Tokens, cache.Address(node.Block)))]);
            cache.Release(held);
        }
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            using var cache = new KvCache(layout, 20);
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            Assert.Equal(512, cache.Restore(_folder["kv"], Key).Tokens);
            using var sequence = cache.CreateSequence(512);
            sequence.Reuse(Text(0, 512));
            var time = System.Diagnostics.Stopwatch.GetElapsedTime(start);
            best = time < best ? time : best;
            Assert.Equal(512, sequence.Length);
        }
        output.WriteLine($"figure: 512 tokens of a 0.5B model ({new FileInfo(_folder["kv"]).Length / 1e6:F1} MB) restored and checked in {best.TotalMilliseconds:F1} ms (goal 10)");
    }

    [Fact]
    public void Restore_SmallerCache_TakesWhatWasUsedLast()
    {
        Save(_folder["kv"], Text(0, 96), Text(900, 64));
        using var cache = new KvCache(Layout, 3);
        Assert.Null(cache.Restore(_folder["kv"], Key).Reason);
        using var sequence = cache.CreateSequence(96);
        sequence.Reuse(Text(900, 64));
        Check(sequence, Text(900, 64));
    }

    [Fact]
    public void Restore_OfAnotherModel_IsLeftOut()
    {
        Save(_folder["kv"], Text(0, 100));
        using var cache = new KvCache(Layout, 64);
        var other = Key.ToArray();
        other[7]++;
        Assert.Contains("another model", cache.Restore(_folder["kv"], other).Reason);
        using var larger = new KvCache(Layout with { HeadSize = 16 }, 64);
        Assert.Contains("another size", larger.Restore(_folder["kv"], Key).Reason);
        File.WriteAllText(_folder["kv"], "a text");
        Assert.Contains("not such a file", cache.Restore(_folder["kv"], Key).Reason);
    }

    [Fact]
    public void Restore_OneBitFlippedAtAThousandPlaces_NeverGivesAnythingElse()
    {
        Save(_folder["kv"], Text(0, 100), Text(0, 40, 70), Text(900, 64));
        var whole = File.ReadAllBytes(_folder["kv"]);
        var random = new Random(3);
        var (refused, lost, sound) = (0, 0, 0);
        for (var round = 0; round < 1000; round++)
        {
            var damaged = whole.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_folder["kv"], damaged);
            using var cache = new KvCache(Layout, 64);
            if (cache.Restore(_folder["kv"], Key).Reason is not null) refused++;
            var length = 0;
            foreach (var text in (int[][])[Text(0, 100), Text(0, 40, 70), Text(900, 64)])
            {
                using var sequence = cache.CreateSequence(512);
                sequence.Reuse(text);
                Check(sequence, text.AsSpan(0, sequence.Length));
                length += sequence.Length;
            }
            if (length < 100 + 110 + 64) lost++;
            else sound++;
        }
        Assert.True(refused > 0 && lost > refused && sound > 0, $"{refused} {lost} {sound}");
    }

    [Fact]
    public void Restore_CutAnywhere_IsLeftOut()
    {
        Save(_folder["kv"], Text(0, 100));
        var whole = File.ReadAllBytes(_folder["kv"]);
        for (var length = 0; length < whole.Length; length += 97)
        {
            File.WriteAllBytes(_folder["kv"], whole[..length]);
            using var cache = new KvCache(Layout, 64);
            Assert.NotNull(cache.Restore(_folder["kv"], Key).Reason);
        }
    }

    [Fact]
    public void Write_KilledAtAnyTime_LeavesAWholeFile()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var said = 0;
            using (var child = new ChildProcess("save keys and values for ever", _folder.Path, "kv"))
            {
                for (var lines = random.Next(1, 4); lines > 0; lines--) said = int.Parse(child.Read()!, CultureInfo.InvariantCulture);
                Thread.SpinWait(random.Next(300_000));
                child.Kill();
                while (child.Read() is { } line) said = int.Parse(line, CultureInfo.InvariantCulture);
            }
            using var cache = new KvCache(Layout, 8);
            Assert.Null(cache.Restore(_folder["kv"], Key).Reason);
            using var sequence = cache.CreateSequence(64);
            sequence.Reuse(Text(said, 64));
            // What was said was on the disk; the next may be there already.
            if (sequence.Length == 0) sequence.Reuse(Text(said + 1, 64));
            Assert.Equal(64, sequence.Length);
        }
    }

    [RootFact]
    public void Write_DiskIsFull_LeavesTheOldFile()
    {
        using var disk = new SmallDisk(_folder.Path, 64 << 10);
        var path = Path.Combine(disk.Path, "kv");
        Save(path, Text(0, 100));
        Assert.Throws<IOException>(() => Save(path, Text(0, 100), Text(200, 3000)));
        Assert.Equal(["kv"], Directory.GetFiles(disk.Path).Select(Path.GetFileName));
        using var cache = new KvCache(Layout, 64);
        Assert.Equal(100, cache.Restore(path, Key).Tokens);
    }

    /// <summary>For a child process: saves one text.</summary>
    internal static void WriteNumber(string folder, int number) => Save(Path.Combine(folder, "kv"), Text(number, 64));

    private static int[] Text(int start, int count, int other = 0) => [.. Enumerable.Range(start, count), .. Enumerable.Range(5000, other)];

    private static void Save(string path, params int[][] texts)
    {
        using var cache = new KvCache(Layout, 256);
        foreach (var text in texts)
        {
            using var sequence = cache.CreateSequence(4096);
            sequence.Reuse(text.AsSpan()[..^1]);
            KvSequenceTests.Extend(sequence, text.AsSpan(sequence.Length));
        }
        var held = cache.Hold(long.MaxValue);
        try
        {
            KvFile.Write(path, Key, Layout.BlockBytes, [.. held.Select(node => (node.Parent, node.Tokens, cache.Address(node.Block)))]);
        }
        finally
        {
            cache.Release(held);
        }
    }

    private static void Check(KvSequence sequence, ReadOnlySpan<int> tokens) => KvSequenceTests.Check(sequence, tokens);
}
