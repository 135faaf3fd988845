using Runtime.Reflexes.Matching;
using Runtime.Reflexes.Slots;

namespace Runtime.Reflexes.Languages;

/// <summary>The reflexes of one file, with the sentences that call them. Filled by one thread, then read by many.</summary>
internal sealed class Language
{
    // What is polite stands before and behind a wish; more than this of it is no wish any more.
    private const int MostBefore = 6, MostAfter = 4;
    private const string Before = "before", After = "after";

    private readonly Language _words;
    private readonly SentenceBook _book = new();
    private readonly List<Reflex> _reflexes = [];
    private readonly List<(int Step, int Reflex)> _sentences = [];
    private Reflex? _begun;
    private List<int> _begunSteps = [];
    private List<int> _before = [], _after = [];

    internal Language(string source, Language? words) => (Source, _words, Lists) = (source, words ?? this, words?.Lists ?? new WordLists());

    /// <summary>The file.</summary>
    public string Source { get; }

    /// <summary>Its words.</summary>
    public WordLists Lists { get; }

    /// <summary>Its reflexes, in the order of the file.</summary>
    public IReadOnlyList<Reflex> Reflexes => _reflexes;

    /// <summary>The reflexes that somebody may mean by what they say, and what stands in their slots, the first of the file first.</summary>
    /// <param name="said">What was said.</param>
    /// <param name="names">The names of a kind that this box has.</param>
    /// <param name="now">The time now, as the clock on the wall says it.</param>
    /// <param name="takes">Whether a reflex is there at all.</param>
    public IEnumerable<(Reflex Reflex, IReadOnlyList<SlotValue> Slots)> Match(Utterance said, Func<string, PhraseList?> names, DateTime now, Func<Reflex, bool> takes)
    {
        var slots = new SlotReader(Lists, names, now);
        var (matcher, polite) = (new SentenceMatcher(_book, said, slots), new SentenceMatcher(_words._book, said, slots));
        var starts = Starts(polite, said);
        var ends = Ends(polite, said);
        foreach (var (step, index) in _sentences)
        {
            if (!takes(_reflexes[index])) continue;
            foreach (var start in starts)
            {
                foreach (var end in ends)
                {
                    if (start < end && matcher.Match(step, start, end) is { } found) yield return (_reflexes[index], found);
                }
            }
        }
    }

    internal void Begin(Reflex reflex)
    {
        End();
        _begun = reflex;
    }

    internal void AddAnswer(string answer) => _begun = _begun! with { Answers = [.. _begun.Answers, answer] };

    internal void AddSentence(string sentence) => _begunSteps.Add(_book.Add(sentence));

    /// <summary>Puts what was begun into its place.</summary>
    internal void End()
    {
        if (_begun is { Name: Before }) _before = _begunSteps;
        else if (_begun is { Name: After }) _after = _begunSteps;
        else if (_begun is { } reflex)
        {
            foreach (var step in _begunSteps) _sentences.Add((step, _reflexes.Count));
            _reflexes.Add(reflex);
        }
        (_begun, _begunSteps) = (null, []);
    }

    // Where what is meant may begin, the shortest rest first: "please" is seldom part of a reminder.
    private List<int> Starts(SentenceMatcher polite, Utterance said)
    {
        List<int> starts = [0];
        for (var i = 0; i < starts.Count; i++)
        {
            for (var to = starts[i] + 1; to <= Math.Min(starts[i] + MostBefore, said.Tokens.Count); to++)
            {
                var next = to < said.Tokens.Count && said.Tokens[to].Kind == TokenKind.Break ? to + 1 : to;
                if (!starts.Contains(next) && _words._before.Exists(step => polite.Match(step, starts[i], to) is not null)) starts.Add(next);
            }
        }
        starts.Sort((a, b) => b - a);
        return starts;
    }

    private List<int> Ends(SentenceMatcher polite, Utterance said)
    {
        List<int> ends = [said.Tokens.Count];
        for (var i = 0; i < ends.Count; i++)
        {
            for (var from = ends[i] - 1; from >= Math.Max(0, ends[i] - MostAfter); from--)
            {
                var next = from > 0 && said.Tokens[from - 1].Kind == TokenKind.Break ? from - 1 : from;
                if (!ends.Contains(next) && _words._after.Exists(step => polite.Match(step, from, ends[i]) is not null)) ends.Add(next);
            }
        }
        ends.Sort();
        return ends;
    }
}
