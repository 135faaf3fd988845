using Models.Routing;
using Models.Routing.Classifying;

namespace Appliance.Config.Sections;

/// <summary>An entry of <c>router.classes</c>. Immutable.</summary>
internal sealed record ClassRuleConfig(
    [property: Setting("What it is: personal, sensor, secret or regulated.")]
    DataClass Class,
    [property: Setting("Condition: the agent's id.")]
    string? Agent = null,
    [property: Setting("Condition: the person's id.")]
    string? Person = null,
    [property: Setting("Condition: the channel.")]
    string? Channel = null,
    [property: Setting("Condition: a result of this tool was read; * at the end stands for any rest.")]
    string? Tool = null,
    [property: Setting("Condition: this is in a text, whatever its case.")]
    string? Text = null,
    [property: Setting("Condition: there are pictures in it, or none.")]
    bool? Images = null)
{
    /// <summary>As the classifier takes it.</summary>
    public ClassRule ToRule() => new(Class) { Agent = Agent, Person = Person, Channel = Channel, Tool = Tool, Text = Text, Images = Images };
}
