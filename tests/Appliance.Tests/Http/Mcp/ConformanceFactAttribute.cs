namespace Appliance.Tests.Http.Mcp;

/// <summary>A test that runs where MCP's conformance suite is installed, and skips with a word elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceFactAttribute : FactAttribute
{
    /// <summary>Names the suite's index.js.</summary>
    public const string Variable = "MCP_CONFORMANCE";

    public ConformanceFactAttribute() => Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) ? $"{Variable} is not set (./build.sh test-clients sets it)" : null;
}
