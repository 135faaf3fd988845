namespace Appliance.Tests.Http.Mcp;

/// <summary>The same as <see cref="ConformanceFactAttribute"/>, for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceTheoryAttribute : TheoryAttribute
{
    public ConformanceTheoryAttribute() => Skip = new ConformanceFactAttribute().Skip;
}
