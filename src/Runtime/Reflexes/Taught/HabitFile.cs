using System.Globalization;
using System.Text;
using Models.Crypto;
using Models.Store;

namespace Runtime.Reflexes.Taught;

/// <summary>
/// How often the same words came to the same, one line each: by their hashes alone, for words that are nobody's reflex are the transcripts' to keep.
/// The oldest go where there are many. A line that cannot be read counts for nothing. Safe for several threads.
/// </summary>
/// <param name="path">The file, which may not be there.</param>
internal sealed class HabitFile(string path)
{
    private const int MostLines = 300;

    private readonly Lock _lock = new();

    /// <summary>Counts words and what came of them.</summary>
    /// <returns>How often that was the same, one after the other.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public int Count(string words, string outcome)
    {
        var (said, came) = (HashOf(words), HashOf(outcome));
        lock (_lock)
        {
            var lines = File.Exists(path) ? File.ReadAllLines(path).Select(line => line.Split(' ')).Where(parts => parts.Length == 3).ToList() : [];
            var known = lines.Find(parts => parts[0] == said);
            var times = known is not null && known[1] == came && int.TryParse(known[2], NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before + 1 : 1;
            if (known is not null) lines.Remove(known);
            lines.Add([said, came, times.ToString(CultureInfo.InvariantCulture)]);
            HomeFolder.EnsureFolder(Path.GetDirectoryName(path)!);
            DurableFile.Replace(path, Encoding.UTF8.GetBytes(string.Concat(lines.TakeLast(MostLines).Select(parts => string.Join(' ', parts) + "\n"))));
            return times;
        }
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(Sha256.Hash(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
