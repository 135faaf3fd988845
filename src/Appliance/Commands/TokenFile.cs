using Appliance.Gateway.Identity;
using Models;

namespace Appliance.Commands;

/// <summary>Where a command has the gateway's token from.</summary>
internal static class TokenFile
{
    /// <summary>What is in the file of <c>--token-file</c>, or, where that was not given, in the environment; null where there is none.</summary>
    /// <exception cref="ModelException">The file cannot be read, or is empty.</exception>
    public static string? Read(string? file)
    {
        if (file is null) return Environment.GetEnvironmentVariable(SharedToken.Variable) is { Length: > 0 } given ? given : null;
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } token ? token : throw new ModelException($"--token-file {file} is empty. `openssl rand -hex 32` makes a secret for it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot read --token-file {file}: {e.Message}", e);
        }
    }
}
