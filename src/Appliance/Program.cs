namespace Appliance;

/// <summary>The executable's entry.</summary>
internal static class Program
{
    private static int Main(string[] args) => args.Length;
}
