using Trainer.Decoder;

namespace Trainer.Training;

/// <summary>All that a training is made of: with the same plan and examples it comes out the same.</summary>
internal sealed record TrainingPlan
{
    /// <summary>How large the decoder is.</summary>
    public required DecoderShape Shape { get; init; }

    /// <summary>What the first weights and the examples come from.</summary>
    public required int Seed { get; init; }

    /// <summary>How many steps it takes.</summary>
    public required int Steps { get; init; }

    /// <summary>Tokens of a step's batch, at most.</summary>
    public int BatchTokens { get; set; } = 8192;

    /// <summary>The highest rate; it is reached after the warm-up, and falls along half a cosine to a tenth, or at the end alone where there is a <see cref="CoolDown"/>.</summary>
    public float Rate { get; set; } = 2e-3f;

    /// <summary>Steps of the warm-up.</summary>
    public int WarmUp { get; set; } = 200;

    /// <summary>What part of a matrix's weights goes with each step, times the rate.</summary>
    public float Decay { get; set; } = 0.1f;

    /// <summary>Gradients longer than this are shortened to it.</summary>
    public float Clip { get; set; } = 1;

    /// <summary>The last steps, along which the rate falls in a line to a fiftieth, after it has stayed the same; when they begin can be told anew with each start (Hu et al. 2024). 0 for the cosine.</summary>
    public int CoolDown { get; set; }

    /// <summary>True where the matrices between layers follow <see cref="Muon"/> and not AdamW.</summary>
    public bool Muon { get; set; }

    /// <summary>The rate of a step, from 1.</summary>
    public float RateAt(int step)
    {
        if (step <= WarmUp) return Rate * step / WarmUp;
        if (CoolDown > 0) return Rate * Math.Max(0.02f, Math.Min(1, (Steps - step + 1) / (float)CoolDown));
        var along = Math.Min(1, (step - WarmUp) / (float)Math.Max(1, Steps - WarmUp));
        return Rate * (0.1f + 0.45f * (1 + MathF.Cos(MathF.PI * along)));
    }
}
