using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Identity.Setup;

/// <summary>
/// One-time codes that let a new device in without the gateway's own token: bound to role, scopes and person when they are made, to the
/// device that shows one first, and worth nothing after that or when their time is over. Kept as hashes. Safe for several threads: of
/// many who come with the same code at once, one is let in.
/// </summary>
internal sealed class SetupCodes(IdentityStore store, TimeProvider time)
{
    /// <summary>How long a code is good.</summary>
    public static readonly TimeSpan Expiry = TimeSpan.FromMinutes(10);

    /// <summary>Codes that may be open at once; one more makes the oldest worthless.</summary>
    public const int MostOpen = 16;

    // How long a used one is remembered for those who ask what became of it.
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    /// <summary>Makes a code.</summary>
    /// <param name="role">The role it gives.</param>
    /// <param name="scopes">The most it gives, to an operator.</param>
    /// <param name="operatorScopes">What a node gets as an operator beside that; null for nothing.</param>
    /// <param name="person">Whose device it will be; null for the owner's.</param>
    /// <returns>The token to show once, and what is kept of it.</returns>
    public (string Token, SetupCode Code) Make(string role, IReadOnlyList<string> scopes, IReadOnlyList<string>? operatorScopes, string? person)
    {
        var token = Secret.New();
        var code = new SetupCode(Guid.NewGuid().ToString(), Secret.Hash(token), role, scopes, Now + (long)Expiry.TotalMilliseconds) { OperatorScopes = operatorScopes, Person = person };
        store.Update(s =>
        {
            var open = s.SetupCodes.Where(IsOpen).TakeLast(MostOpen - 1);
            return s with { SetupCodes = [.. s.SetupCodes.Where(IsRemembered), .. open, code] };
        });
        return (token, code);
    }

    /// <summary>Uses a code up for a device.</summary>
    /// <param name="token">As it was shown.</param>
    /// <param name="deviceId">The device, which has proved itself.</param>
    /// <param name="deviceName">How it calls itself.</param>
    /// <param name="role">The role it wants.</param>
    /// <param name="wished">The scopes it wants; never more than the code has.</param>
    /// <returns>The code; null where it is none, was used, or is over.</returns>
    /// <exception cref="GatewayException">The code is good, but not for that: it stays good for what it was made for.</exception>
    public SetupCode? Use(string token, string deviceId, string? deviceName, string role, IReadOnlyList<string> wished)
    {
        SetupCode? used = null;
        store.Update(s =>
        {
            SetupCode? found = null;
            foreach (var code in s.SetupCodes)
            {
                if (Secret.Matches(token, code.Hash) && IsOpen(code)) found = code;
            }
            if (found is null) return s;
            if (found.Role != role || Scope.FirstMissing(found.Scopes, wished) is not null)
                throw new GatewayException(ErrorCode.InvalidRequest, "unauthorized: the setup code does not allow that role or scope")
                {
                    Details = new(DetailCode.AuthScopeMismatch) { AuthReason = "scope_mismatch", CanRetryWithDeviceToken = false, RecommendedNextStep = "review_auth_configuration" },
                };
            used = found with { DeviceId = deviceId, DeviceName = deviceName, UsedAtMs = Now };
            return s with { SetupCodes = [.. s.SetupCodes.Where(c => c.Id != found.Id && (IsOpen(c) || IsRemembered(c))), used] };
        });
        return used;
    }

    /// <summary>The code of that id, or null where it was never made or is forgotten.</summary>
    public SetupCode? Find(string id) => store.State.SetupCodes.FirstOrDefault(c => c.Id == id);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    // One from the future was made before the clock was put back: it may have been over already.
    private bool IsOpen(SetupCode code) => code.DeviceId is null && Now < code.ExpiresAtMs && Now >= code.ExpiresAtMs - (long)Expiry.TotalMilliseconds;

    private bool IsRemembered(SetupCode code) => code.UsedAtMs is { } at && Now - at < Remembered.TotalMilliseconds;
}
