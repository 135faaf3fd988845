namespace Runtime.Tools.Calc;

/// <summary>A unit: so many base units of its kind make one of it. Immutable.</summary>
/// <param name="Symbol">As it is written in results.</param>
/// <param name="Kind">What it measures.</param>
/// <param name="Factor">Base units in one; means nothing for temperatures, whose zeros differ.</param>
internal sealed record Unit(string Symbol, string Kind, decimal Factor)
{
    /// <summary>So many of these, in another unit.</summary>
    public CalcNumber To(Unit other, CalcNumber number)
    {
        if (Kind != other.Kind) throw new ToolException($"{Symbol} ({Kind}) cannot be converted to {other.Symbol} ({other.Kind}).");
        return this == other ? number : Kind == Units.Temperature ? ToTemperature(other, number) : number * Factor / other.Factor;
    }

    private CalcNumber ToTemperature(Unit other, CalcNumber number)
    {
        var celsius = Symbol switch { "°F" => (number - 32) * 5 / 9, "K" => number - 273.15m, _ => number };
        if (celsius.About < -273.15) throw new ToolException("Nothing is colder than -273.15 °C.");
        return other.Symbol switch { "°F" => celsius * 9 / 5 + 32, "K" => celsius + 273.15m, _ => celsius };
    }
}
