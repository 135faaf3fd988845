namespace Trainer.Training;

/// <summary>What is learnt, example by example, each the same whenever it is asked for.</summary>
internal interface IExamples
{
    /// <summary>An example: its tokens, and for each whether it is to be learnt as the next one. Safe for several threads.</summary>
    (int[] Tokens, bool[] IsLearnt) Get(long number);
}
