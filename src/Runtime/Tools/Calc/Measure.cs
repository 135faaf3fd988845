namespace Runtime.Tools.Calc;

/// <summary>A number and what it counts. Immutable.</summary>
/// <param name="Number">How many.</param>
/// <param name="Unit">Of what; null for a plain number.</param>
internal sealed record Measure(CalcNumber Number, Unit? Unit)
{
    /// <summary>True for so many hundredths.</summary>
    public bool IsPercent { get; init; }

    /// <summary>A sum or a difference. A percentage is one of what stands before it.</summary>
    public Measure Plus(Measure other, int sign)
    {
        if (other.IsPercent && !IsPercent) return this with { Number = Number + sign * other.Number * Number / 100 };
        if (IsPercent && !other.IsPercent) return new Measure(Value, null).Plus(other, sign);
        if (Unit is null != other.Unit is null) throw new ToolException($"{this} and {other} cannot be added: only one of them has a unit.");
        if (Unit?.Kind == Units.Temperature) throw new ToolException("Temperatures are converted here, not added.");
        return this with { Number = Number + sign * (other.Unit is { } unit ? unit.To(Unit!, other.Number) : other.Number) };
    }

    /// <summary>A product.</summary>
    public Measure Times(Measure other) => Unit is not null && other.Unit is not null
        ? throw new ToolException($"{this} and {other} cannot be multiplied: measures are multiplied by plain numbers.")
        : new Measure(Value * other.Value, Scaled(Unit ?? other.Unit));

    /// <summary>A quotient; of two measures of a kind a plain number.</summary>
    public Measure Over(Measure other) => other.Unit is not { } unit ? new Measure(Value / other.Value, Scaled(Unit))
        : Unit is null ? throw new ToolException($"{this} cannot be divided by {other}.") : new Measure(Scaled(Unit)!.To(unit, Number) / other.Number, null);

    /// <summary>What a division leaves.</summary>
    public Measure Rest(Measure other) => new(Plain() % other.Plain(), null);

    /// <summary>A power.</summary>
    public Measure Power(Measure exponent) => new(Plain().Power(exponent.Plain()), null);

    /// <summary>Less than nothing.</summary>
    public Measure Negated() => this with { Number = -Number };

    /// <summary>The product of the numbers up to it.</summary>
    public CalcNumber Factorial()
    {
        if (Plain().Exact is not { } number || number is < 0 or > 170 || number != decimal.Truncate(number)) throw new ToolException("There are factorials of whole numbers from 0 to 170.");
        CalcNumber product = 1;
        for (var i = 2; i <= number; i++) product *= i;
        return product;
    }

    /// <summary>It without a unit.</summary>
    public CalcNumber Plain() => Unit is null ? Value : throw new ToolException($"{this} has a unit where only a plain number makes sense.");

    /// <summary>The same in another unit.</summary>
    public Measure In(Unit unit) => new((Unit ?? throw new ToolException($"{this} has no unit to convert from.")).To(unit, Number), unit);

    /// <inheritdoc/>
    public override string ToString() => Unit is { } unit ? $"{Number} {unit.Symbol}" : $"{Value}";

    private CalcNumber Value => IsPercent ? Number / 100 : Number;

    private static Unit? Scaled(Unit? unit) => unit?.Kind == Units.Temperature ? throw new ToolException("Temperatures are converted here, not multiplied.") : unit;
}
