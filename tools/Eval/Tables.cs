using Eval.Talking;

namespace Eval;

/// <summary>Writes what came of an examination as Markdown.</summary>
internal static class Tables
{
    /// <summary>The tables of a set of ours: what the goals are about, then each topic.</summary>
    public static void Write(TextWriter output, string set, IReadOnlyList<(Question Question, Judgement Judgement)> all)
    {
        output.WriteLine($"| {set} | cases | right | share |\n|---|---:|---:|---:|");
        Row("a call where one is due, and none where none is", _ => true, (question, judgement) => judgement.Called == (question.Expected == Expectation.Call));
        Row("the right tool, called once", question => question.Expected == Expectation.Call, (_, judgement) => judgement.IsTool);
        Row("and its arguments exact", question => question.Expected == Expectation.Call, (_, judgement) => judgement.IsRight);
        Row("chatter that calls nothing", question => question.Expected == Expectation.Chat, (_, judgement) => !judgement.Called);
        Row("asks back where something is missing", question => question.Expected == Expectation.Ask, (_, judgement) => judgement.IsRight);
        Row("refuses what is dangerous", question => question.Expected == Expectation.Refuse, (_, judgement) => judgement.IsRight);
        Row("says that it does not know, or who could", question => question.Expected == Expectation.Unknown, (_, judgement) => judgement.IsRight);
        output.WriteLine($"\n| topic in {set} | cases | right | share |\n|---|---:|---:|---:|");
        foreach (var topic in all.GroupBy(one => one.Question.Topic).OrderBy(group => group.Key, StringComparer.Ordinal))
            output.WriteLine($"| {topic.Key} | {Examination.Share(topic.Select(one => one.Judgement.IsRight))} |");
        output.WriteLine();

        void Row(string what, Func<Question, bool> counts, Func<Question, Judgement, bool> isRight) =>
            output.WriteLine($"| {what} | {Examination.Share(all.Where(one => counts(one.Question)).Select(one => isRight(one.Question, one.Judgement)))} |");
    }

    /// <summary>The table of a file of conversations: each, and all.</summary>
    public static void WriteTalks(TextWriter output, string file, IReadOnlyList<(string Talk, IReadOnlyList<Outcome> Outcomes)> all)
    {
        output.WriteLine($"| {file} | exchanges | right | share |\n|---|---:|---:|---:|");
        foreach (var (talk, outcomes) in all) output.WriteLine($"| {talk} | {Examination.Share(outcomes.Select(one => one.IsRight))} |");
        var every = all.SelectMany(talk => talk.Outcomes).ToList();
        output.WriteLine($"| all | {Examination.Share(every.Select(one => one.IsRight))} |");
        output.WriteLine($"| of them without a reflex | {Examination.Share(every.Where(one => !one.IsReflex).Select(one => one.IsRight))} |\n");
    }

    /// <summary>The table of the Berkeley Function-Calling Leaderboard's sets.</summary>
    public static void WriteBfcl(TextWriter output, IReadOnlyList<(Question Question, Judgement Judgement)> irrelevance, IReadOnlyList<(Question Question, Judgement Judgement)> simple)
    {
        output.WriteLine("| BFCL v4 | cases | right | share |\n|---|---:|---:|---:|");
        output.WriteLine($"| irrelevance, with this box's tools: nothing is called | {Examination.Share(irrelevance.Select(one => !one.Judgement.Called))} |");
        output.WriteLine($"| simple (Python), with its own tools: the right tool | {Examination.Share(simple.Select(one => one.Judgement.IsTool))} |");
        output.WriteLine($"| and its arguments | {Examination.Share(simple.Select(one => one.Judgement.IsRight))} |");
    }
}
