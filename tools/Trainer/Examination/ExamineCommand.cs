using System.CommandLine;
using Models.Tokens;
using Trainer.Training;

namespace Trainer.Examination;

/// <summary>Asks a trained model the cases of an examination, and says by topic how many it answers right.</summary>
internal static class ExamineCommand
{
    /// <summary>The command.</summary>
    public static Command Make()
    {
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "Folder of the training." };
        var cases = new Argument<string>("cases") { HelpName = "CASES", Description = "File of cases, as curriculum writes them." };
        var show = new Option<bool>("--show") { Description = "Show each wrong answer." };
        var most = new Option<int>("--most") { Description = "Ask only so many, spread over the file.", DefaultValueFactory = _ => int.MaxValue };
        var command = new Command("examine", "Ask a trained model the cases of an examination.") { folder, cases, show, most };
        command.SetAction(parsed =>
        {
            var at = parsed.GetValue(folder)!;
            using var run = Checkpoint.Load(Path.Combine(at, "checkpoint.bin"), NoExamples.Instance);
            var pupil = new Pupil(run, Tokenizer.FromFolder(at));
            var lines = File.ReadLines(parsed.GetValue(cases)!).Where(line => line.Length > 0).ToArray();
            var step = Math.Max(1.0, (double)lines.Length / parsed.GetValue(most));
            var results = new List<(string Topic, bool IsKindRight, bool IsRight)>();
            for (var i = 0.0; i < lines.Length; i += step)
            {
                var asked = ExamCase.Parse(lines[(int)i]);
                var answer = pupil.Answer(asked);
                var (isKindRight, isRight) = asked.Judge(answer);
                results.Add((asked.Topic, isKindRight, isRight));
                if (parsed.GetValue(show) && !isRight) Console.WriteLine($"[{asked.Expect}] {asked.Last}\n    {answer.ReplaceLineEndings(" ")}{(asked.Call is { } call ? $"\n    {call}" : "")}");
            }
            foreach (var topic in results.GroupBy(r => r.Topic).Append(results.GroupBy(_ => "all").Single()))
                Console.WriteLine(FormattableString.Invariant($"{topic.Key,-10} {topic.Count(),5}  kind and tool {100.0 * topic.Count(r => r.IsKindRight) / topic.Count():F1} %  all exact {100.0 * topic.Count(r => r.IsRight) / topic.Count():F1} %"));
        });
        return command;
    }
}
