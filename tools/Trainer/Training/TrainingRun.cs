using Trainer.Decoder;
using Trainer.Numerics;

namespace Trainer.Training;

/// <summary>A training under way: weights, the optimiser's moments, and how far it has come. What <see cref="Checkpoint"/> keeps of it goes on as if it had never stopped.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly IExamples _examples;
    private readonly DecoderNet _net;
    private readonly FloatBlock _gradients;

    /// <summary>Begins a training.</summary>
    public TrainingRun(TrainingPlan plan, IExamples examples)
    {
        (Plan, _examples, Table) = (plan, examples, new ParameterTable(plan.Shape));
        (Weights, _gradients, Optimiser) = (new FloatBlock(Table.Length), new FloatBlock(Table.Length), new AdamW(Table));
        _net = new DecoderNet(plan.Shape, Table, plan.BatchTokens);
        FirstWeights.Fill(Weights, Table, plan);
    }

    /// <summary>What it follows.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>Where the parameters lie.</summary>
    public ParameterTable Table { get; }

    /// <summary>The weights as they are now.</summary>
    public FloatBlock Weights { get; }

    /// <summary>The optimiser.</summary>
    public AdamW Optimiser { get; }

    /// <summary>Steps taken.</summary>
    public int Steps { get; set; }

    /// <summary>Examples seen.</summary>
    public long Examples { get; set; }

    /// <summary>Takes a step on the next examples.</summary>
    /// <returns>The mean loss before the step, how long the gradient was, and how many tokens it saw.</returns>
    public (double Loss, double Gradient, int Tokens) Step()
    {
        var batch = NextBatch();
        var loss = _net.Loss(batch, Weights, _gradients);
        Steps++;
        return (loss, Optimiser.Step(Weights, _gradients, Steps, Plan.RateAt(Steps), Plan.Decay, Plan.Clip, Plan.Muon), batch.Tokens.Length);
    }

    /// <summary>The mean loss over some examples, with nothing learnt.</summary>
    public double LossOver(IExamples examples, int count)
    {
        var (sum, counted) = (0.0, 0);
        for (var i = 0; i < count; i++)
        {
            var batch = Batch.Of([examples.Get(i)]);
            sum += _net.Loss(batch, Weights, null) * batch.Counted;
            counted += batch.Counted;
        }
        return sum / Math.Max(1, counted);
    }

    /// <summary>The likeliest token at each place of a batch that has a target.</summary>
    public int[] Likeliest(Batch batch) => _net.Likeliest(batch, Weights);

    /// <inheritdoc/>
    public void Dispose()
    {
        _net.Dispose();
        Optimiser.Dispose();
        Weights.Dispose();
        _gradients.Dispose();
    }

    private Batch NextBatch()
    {
        List<(int[] Tokens, bool[] IsLearnt)> taken = [];
        for (var tokens = 0; ; Examples++)
        {
            var example = _examples.Get(Examples);
            if (example.Tokens.Length - 1 > Plan.BatchTokens) throw new InvalidDataException($"Example {Examples} has {example.Tokens.Length} tokens, more than a whole batch.");
            if ((tokens += example.Tokens.Length - 1) > Plan.BatchTokens) return Batch.Of(taken);
            taken.Add(example);
        }
    }
}
