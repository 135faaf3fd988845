using Trainer.Decoder;
using Trainer.Numerics;

namespace Trainer.Training;

/// <summary>The weights before the first step: normal with a deviation of 0.02, smaller the more layers add to the stream (Radford et al. 2019), gains one.</summary>
internal static unsafe class FirstWeights
{
    private const double Deviation = 0.02;

    /// <summary>Writes them.</summary>
    public static void Fill(FloatBlock weights, ParameterTable table, TrainingPlan plan)
    {
        foreach (var (parameter, index) in table.All.Select((parameter, index) => (parameter, index)))
        {
            var random = new Random(plan.Seed * 1000 + index);
            var deviation = parameter.Kind == ParameterKind.Residual ? Deviation / Math.Sqrt(2 * plan.Shape.Layers) : Deviation;
            for (var i = 0L; i < parameter.Length; i++) weights.Data[parameter.Offset + i] = parameter.Kind == ParameterKind.Gain ? 1 : (float)(Normal(random) * deviation);
        }
    }

    // Box and Muller 1958.
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
