using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Runtime.Tools.Policy;

namespace Appliance.Tests.Gateway.Identity.People;

public sealed class AccessPolicyTests
{
    private static readonly AccessPolicy Policy = new(
        [new("ann", "guest") { Subject = "sub-1" }, new("bob", "kitchen"), new("eve", "no such role"), new("owner", "guest")],
        [new("kitchen") { Scopes = [Scope.Read, Scope.Admin], Agents = ["cook", "home-*"], Models = ["tiny"], Folders = ["/srv/recipes"] }, new("owner") { Scopes = [] }]);

    [Theory]
    [InlineData("ann", "Scope", "operator.write", true)]
    [InlineData("ann", "Scope", "operator.admin", false)]
    [InlineData("ann", "Session", "agent:main:direct:ann", true)]
    [InlineData("ann", "Session", "agent:main:direct:ann:notes", true)]
    [InlineData("ann", "Session", "agent:main:direct:anna", false)]
    [InlineData("ann", "Session", "agent:main:main", false)]
    [InlineData("ann", "Folder", "/srv/recipes/a", false)]
    [InlineData("bob", "Agent", "cook", true)]
    [InlineData("bob", "Agent", "home-lights", true)]
    [InlineData("bob", "Agent", "main", false)]
    [InlineData("bob", "Model", "tiny", true)]
    [InlineData("bob", "Model", "tiny2", false)]
    [InlineData("bob", "Folder", "/srv/recipes/a/b.txt", true)]
    [InlineData("bob", "Folder", "/srv/recipes", true)]
    [InlineData("bob", "Folder", "/srv/recipes/../secrets", false)]
    [InlineData("bob", "Folder", "/srv/recipes2/a", false)]
    [InlineData("bob", "Folder", "recipes/a", false)]
    [InlineData("eve", "Scope", "operator.read", false)]
    [InlineData("nobody", "Model", "tiny", false)]
    [InlineData("owner", "Scope", "operator.admin", true)]
    [InlineData("owner", "Session", "agent:main:direct:ann", true)]
    [InlineData("owner", "Folder", "/etc", true)]
    public void Decide_IsTheRolesWord(string person, string action, string resource, bool allowed)
    {
        var decision = Policy.Decide(new Principal(Principal.Operator, Scope.All, null, "token") { PersonId = person }, Enum.Parse<AccessAction>(action), resource);
        Assert.Equal(allowed, decision.IsAllowed);
        Assert.NotEmpty(decision.Rule);
    }

    [Fact]
    public void MayReach_TheWorkspace_OnlyWhereTheRoleSaysSo()
    {
        var policy = new AccessPolicy([new("ann", "member"), new("bob", "kitchen")], [new("kitchen") { Folders = ["/srv/recipes"] }]);
        Assert.True(policy.MayReach("ann", "/home/box/ws/notes.md", "/home/box/ws"));
        Assert.False(policy.MayReach("ann", "/home/box/ws2/notes.md", "/home/box/ws"));
        Assert.False(policy.MayReach("bob", "/home/box/ws/notes.md", "/home/box/ws"));
        Assert.True(policy.MayReach("bob", "/srv/recipes/a", "/home/box/ws"));
        Assert.False(policy.MayReach("nobody", "/srv/recipes/a", "/home/box/ws"));
    }

    [Fact]
    public void Decide_Scope_NeedsBothTheConnectionsAndTheRoles()
    {
        var reader = new Principal(Principal.Operator, [Scope.Read], null, "token");
        Assert.True(Policy.Decide(reader, AccessAction.Scope, Scope.Read).IsAllowed);
        Assert.False(Policy.Decide(reader, AccessAction.Scope, Scope.Write).IsAllowed);
        Assert.False(Policy.Decide(new Principal(Principal.Node, Scope.All, "d", "token"), AccessAction.Scope, Scope.Read).IsAllowed);
    }

    [Fact]
    public void ToolsOf_SomebodyWithoutARole_AreNone()
    {
        Assert.Equal(ToolProfile.Minimal, Policy.ToolsOf("ann").Profile);
        Assert.Equal(ToolProfile.Operator, Policy.ToolsOf("owner").Profile);
        Assert.Equal(ToolRules.Nothing, Policy.ToolsOf("eve"));
        Assert.Equal(ToolRules.Nothing, Policy.ToolsOf("nobody"));
        Assert.Equal("ann", Policy.FindBySubject("sub-1")?.Id);
    }

    [Theory]
    [InlineData("ann", "main", "agent:main:direct:ann")]
    [InlineData("ann", "agent:main:main", "agent:main:direct:ann")]
    [InlineData("ann", "agent:cook:main", "agent:cook:direct:ann")]
    [InlineData("ann", "notes", "agent:main:direct:ann:notes")]
    [InlineData("ann", "agent:main:dashboard:1", "agent:main:direct:ann:dashboard:1")]
    [InlineData("ann", "agent:main:direct:ann:notes", "agent:main:direct:ann:notes")]
    [InlineData("ann", "agent:main:direct:bob", "agent:main:direct:bob")]
    [InlineData("ann", "direct:bob:x", "agent:main:direct:bob:x")]
    [InlineData("owner", "main", "agent:main:main")]
    [InlineData("owner", "agent:main:direct:ann", "agent:main:direct:ann")]
    public void Resolve_WhatAPersonMeans_IsTheirOwnOrSaysWhoseItIs(string person, string key, string resolved)
    {
        Assert.Equal(resolved, SessionOwner.Resolve(person, key));
        Assert.Equal(resolved, SessionOwner.Resolve(person, SessionOwner.Resolve(person, key)));
    }

    [Fact]
    public void Resolve_WhateverIsAskedFor_IsOnesOwnOrAnothersByName()
    {
        var random = new Random(7);
        const string Letters = "agent:main:direct:ann:bob:x:";
        for (var i = 0; i < 20_000; i++)
        {
            var key = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => Letters.Split(':')[random.Next(6)] + ":")).TrimEnd(':');
            var owner = SessionOwner.Of(SessionOwner.Resolve("ann", key));
            // Never the owner's, and another's only where the key says so, which the policy refuses.
            Assert.True(owner == "ann" || key.Contains("direct", StringComparison.Ordinal) || key.StartsWith("agent", StringComparison.Ordinal), $"{key} is {owner}'s");
            if (owner != "ann") Assert.False(Policy.Decide(new Principal(Principal.Operator, [Scope.Read], null, "token") { PersonId = "ann" }, AccessAction.Session, SessionOwner.Resolve("ann", key)).IsAllowed);
        }
    }
}
