using Runtime.Tools.Policy;

namespace Runtime.Tools.Calc;

/// <summary>Calculates and converts units, so that no model has to guess digits. Knows nothing of the box and needs no network.</summary>
internal sealed class CalcTool() : Tool(
    "calc", "Calculate; convert units.", """{"type":"object","properties":{"expression":{"type":"string","description":"15% of 80, 5 km in mi"}},"required":["expression"]}""")
{
    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Minimal;

    public override bool ReturnsData => false;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var expression = arguments.Text("expression").Trim(' ', '\n', '\t', '?', '=');
        return Task.FromResult(new ToolResult($"{expression} = {Calculator.Calculate(expression)}"));
    }
}
