using System.Text;

namespace TestKit;

/// <summary>Texts of made-up words that are as frequent as those of a language (Zipf 1935).</summary>
public static class ZipfText
{
    private const int Vocabulary = 30_000;

    /// <summary>Some words.</summary>
    public static string Sentence(SeededRandom random, int words)
    {
        var text = new StringBuilder();
        for (var n = 0; n < words; n++)
        {
            // The inverse of a Zipf distribution's cumulative sum, roughly.
            var rank = (int)Math.Exp((random.NextSigned() + 1) / 2 * Math.Log(Vocabulary));
            text.Append(n > 0 ? " " : "").Append(Word(rank));
        }
        return text.ToString();
    }

    // A word that is no stem of another.
    private static string Word(int rank)
    {
        const string consonants = "bdfgklmnprt";
        var word = new StringBuilder();
        for (var n = rank + 11; n > 0; n /= 11) word.Append(consonants[n % 11]).Append("aou"[n % 3]);
        return word.Append('k').ToString();
    }
}
