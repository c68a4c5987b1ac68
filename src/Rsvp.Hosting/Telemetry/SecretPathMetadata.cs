namespace Rsvp.Hosting.Telemetry;

/// <summary>Says of an endpoint that its path holds a secret: spans have the route in its place.</summary>
public sealed record SecretPathMetadata;
