using System.Globalization;
using System.Text;

namespace TestKit;

/// <summary>The Cranfield collection: 1,400 abstracts and 225 questions, judged by people (Cleverdon 1967).</summary>
public sealed class Cranfield
{
    /// <summary>Where it is among the shared files, for <see cref="SharedFactAttribute"/>.</summary>
    public const string Folder = "evals/cranfield";

    private readonly ILookup<int, int> _relevant;

    /// <summary>Reads it.</summary>
    public Cranfield()
    {
        (Documents, Questions) = (Texts("cran.all.1400"), Texts("cran.qry"));
        _relevant = File.ReadLines(Path.Combine(Shared.Find(Folder)!, "cranqrel"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray())
            .Where(judgement => judgement[2] > 0).ToLookup(judgement => judgement[0] - 1, judgement => judgement[1] - 1);
    }

    /// <summary>The abstracts, with their titles.</summary>
    public IReadOnlyList<string> Documents { get; }

    /// <summary>The questions.</summary>
    public IReadOnlyList<string> Questions { get; }

    /// <summary>nDCG@10 of an answer, every judged grade counted alike (Järvelin and Kekäläinen 2002).</summary>
    /// <param name="question">The question, by its place from 0.</param>
    /// <param name="ranking">Documents by their places from 0, the best first.</param>
    public double Gain(int question, IEnumerable<int> ranking)
    {
        HashSet<int> relevant = [.. _relevant[question]];
        var gain = ranking.Take(10).Select((document, place) => relevant.Contains(document) ? 1 / Math.Log2(place + 2) : 0).Sum();
        return gain / Enumerable.Range(0, Math.Min(10, relevant.Count)).Sum(place => 1 / Math.Log2(place + 2));
    }

    // Records begin with .I; what follows .W is the text, the title in it. Questions are numbered with gaps, judged by their place.
    private static List<string> Texts(string name)
    {
        var texts = new List<StringBuilder>();
        var isText = false;
        foreach (var line in File.ReadLines(Path.Combine(Shared.Find(Folder)!, name)))
        {
            if (line.StartsWith(".I", StringComparison.Ordinal)) texts.Add(new StringBuilder());
            if (line.StartsWith('.') && line.Length >= 2 && char.IsAsciiLetterUpper(line[1])) isText = line.StartsWith(".W", StringComparison.Ordinal);
            else if (isText) texts[^1].AppendLine(line);
        }
        return [.. texts.Select(text => text.ToString())];
    }
}
