using Models.Routing;

namespace Appliance.Config.Sections;

/// <summary>An entry of <c>router.rules</c>. Immutable.</summary>
internal sealed record RouterRuleConfig(
    [property: Setting("What records call it; its place in the list where it is left out.")]
    string? Name = null,
    [property: Setting("Condition: any of these is in the turn; public for none of them.")]
    IReadOnlyList<DataClass>? Data = null,
    [property: Setting("Condition: the agent's id.")]
    string? Agent = null,
    [property: Setting("Condition: the person's id.")]
    string? Person = null,
    [property: Setting("Condition: the channel.")]
    string? Channel = null,
    [property: Setting("Condition: tokens of the prompt, at least.")]
    int? LeastTokens = null,
    [property: Setting("Condition: tokens of the prompt, at most.")]
    int? MostTokens = null,
    [property: Setting("Condition: there are pictures in it, or none.")]
    bool? Images = null,
    [property: Setting("Condition: tools may be called, or not.")]
    bool? Tools = null,
    [property: Setting("Condition: it is about program code, or not.")]
    bool? Code = null,
    [property: Setting("Condition: its script by ISO 15924, such as Latn or Cyrl.")]
    string? Script = null,
    [property: Setting("Effect: what matters most for it.")]
    RoutingProfile? Profile = null,
    [property: Setting("Effect: the only targets that may answer; * at the end stands for any rest. An empty list lets nobody.")]
    IReadOnlyList<string>? Only = null,
    [property: Setting("Effect: targets that may not answer.")]
    IReadOnlyList<string>? Never = null)
{
    /// <summary>As the router takes it.</summary>
    public RoutingRule ToRule(int place) => new(Name ?? $"{place}")
    {
        Data = Data?.Aggregate(DataClass.Public, (all, one) => all | one),
        Agent = Agent,
        Person = Person,
        Channel = Channel,
        LeastTokens = LeastTokens,
        MostTokens = MostTokens,
        Images = Images,
        Tools = Tools,
        Code = Code,
        Script = Script,
        Profile = Profile,
        Only = Only,
        Never = Never,
    };
}
