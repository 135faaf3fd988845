namespace Runtime.Reflexes;

/// <summary>Something that could become a reflex. Immutable.</summary>
/// <param name="Agent">The agent's id.</param>
/// <param name="Reflex">What it would be.</param>
/// <param name="Said">What is said.</param>
/// <param name="SessionKey">The conversation it was said in.</param>
public sealed record ReflexOffer(string Agent, Reflex Reflex, string Said, string SessionKey);
