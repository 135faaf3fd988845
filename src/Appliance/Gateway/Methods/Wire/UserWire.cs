using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about people send (FIELDS: UsersListResult, UsersSelfResult).

internal sealed record UserProfiles(IReadOnlyList<UserProfile> Profiles) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("profiles", Profiles);
}

internal sealed record UserProfileResult(UserProfile Profile) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("profile", Profile);
}

internal sealed record UserProfile(string Id, string? DisplayName, long CreatedAt, long UpdatedAt, string Role) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("id", Id).Stay("displayName", DisplayName).Stay("avatarMime", (string?)null).Stay("mergedInto", (string?)null).Add("createdAt", CreatedAt).Add("updatedAt", UpdatedAt)
        .Add("emails", (IReadOnlyList<string>)[]).Stay("githubIdentity", (string?)null).Add("hasAvatar", false).Add("role", Role);
}

internal sealed record PersonToken(string ProfileId, string Token, long CreatedAtMs) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("profileId", ProfileId).Add("token", Token).Add("createdAtMs", CreatedAtMs);

    /// <summary>Tokens are for the log of nobody.</summary>
    public override string ToString() => $"token of {ProfileId}";
}
