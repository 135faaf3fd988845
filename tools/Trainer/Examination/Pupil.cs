using Models.Tokens;
using Trainer.Decoder;
using Trainer.Training;

namespace Trainer.Examination;

/// <summary>A model under training that answers: always the likeliest token, with everything before it computed again. One thread.</summary>
internal sealed class Pupil(TrainingRun run, Tokenizer tokenizer)
{
    private const int Longest = 120;
    private readonly int _end = tokenizer.Encode("<|im_end|>", addSpecialTokens: false)[0];

    /// <summary>What it says next.</summary>
    public string Answer(ExamCase asked)
    {
        var prompt = tokenizer.Encode(asked.Prompt, addSpecialTokens: false);
        // Where the call that is right is the likeliest at every token, it is what would be said: one look instead of many.
        if (asked.Call is { } call)
        {
            var right = tokenizer.Encode($"{call}<|im_end|>", addSpecialTokens: false);
            if (run.Likeliest(Batch.Of([([.. prompt, .. right], [.. prompt.Select(_ => false), .. right.Select(_ => true)])])).SequenceEqual(right)) return call;
        }
        List<int> said = [];
        while (said.Count < Longest && prompt.Length + said.Count < run.Plan.Shape.Context)
        {
            int[] all = [.. prompt, .. said, 0];
            var next = run.Likeliest(Batch.Of([(all, [.. all.Select((_, i) => i == all.Length - 1)])]))[0];
            if (next == _end) break;
            said.Add(next);
        }
        return tokenizer.Decode([.. said]);
    }
}
