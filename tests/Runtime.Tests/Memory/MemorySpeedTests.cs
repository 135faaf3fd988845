using System.Diagnostics;
using System.Globalization;
using Models.Embedding;
using Runtime.Memory.Files;
using Runtime.Memory.Index;
using Runtime.Memory.Search;
using TestKit;
using Xunit.Abstractions;

namespace Runtime.Tests.Memory;

/// <summary>A memory of many pieces whose words are as frequent as those of a language (Zipf 1935). The size is 4,000 unless APPLIANCE_MEMORY_CHUNKS says otherwise.</summary>
public sealed class MemorySpeedTests(ITestOutputHelper output)
{
    private const int Words = 80;

    [Fact]
    public async Task Search_ManyPieces_FindsTheOneThatWasMeant()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("APPLIANCE_MEMORY_CHUNKS") ?? "4000", CultureInfo.InvariantCulture);
        using var folder = new TemporaryFolder();
        using var index = new MemoryIndex(folder["memory.sqlite"], TimeProvider.System, _ => { });
        var random = new SeededRandom(11);
        var texts = Enumerable.Range(0, count).Select(_ => ZipfText.Sentence(random, Words)).ToList();

        var clock = Stopwatch.StartNew();
        for (var from = 0; from < count; from += 256)
        {
            var batch = texts.GetRange(from, Math.Min(256, count - from));
            var vectors = await HashEmbedder.Instance.GenerateAsync(batch);
            index.Replace([.. batch.Select((text, n) => new IndexedText($"memory/{from + n}.md", new IndexedFile(0, 0, "1", ""), [new MemoryChunk(1, 1, "", text)], [vectors[n].Vector]))]);
        }
        var written = count / clock.Elapsed.TotalSeconds;

        var (times, found) = (new List<double>(), 0);
        for (var round = 0; round < 200; round++)
        {
            // Words of one piece, as somebody who remembers it would ask.
            var meant = random.Next(count);
            var words = texts[meant].Split(' ');
            var question = string.Join(' ', Enumerable.Range(0, 8).Select(_ => words[random.Next(words.Length)]));
            var vector = (await HashEmbedder.Instance.GenerateAsync([question]))[0].Vector;
            clock.Restart();
            var hits = index.Search(null, reader => HybridSearch.Find(reader, question, vector.Span, new DateOnly(2026, 11, 25), 10));
            times.Add(clock.Elapsed.TotalMilliseconds);
            if (hits.Exists(hit => hit.Path == $"memory/{meant}.md")) found++;
        }
        var sorted = times.Skip(1).Order().ToList();
        output.WriteLine(FormattableString.Invariant(
            $"figure: memory of {count} pieces: {written:0} pieces/s indexed, first search {times[0]:0.0} ms, then p50 {sorted[sorted.Count / 2]:0.0} ms, p99 {sorted[sorted.Count * 99 / 100]:0.0} ms, {found} of 200 meant pieces found"));
        Assert.True(found >= 190, $"{found} of 200 found");
    }
}
