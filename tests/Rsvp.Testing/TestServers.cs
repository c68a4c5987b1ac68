namespace Rsvp.Testing;

/// <summary>The private servers that <c>./rsvp test</c> starts and names in the environment.</summary>
public static class TestServers
{
    /// <summary>Npgsql connection string of a superuser.</summary>
    public static string Postgres => Read("RSVP_TEST_POSTGRES");

    /// <summary>AMQP URL of an administrator.</summary>
    public static Uri RabbitMq => new(Read("RSVP_TEST_RABBITMQ"));

    /// <summary>HTTP URL of the management API, credentials included.</summary>
    public static Uri RabbitMqManagement => new(Read("RSVP_TEST_RABBITMQ_MANAGEMENT"));

    /// <summary>A folder for systems that a test starts for itself; gone with the run.</summary>
    public static string Home => Read("RSVP_TEST_HOME");

    /// <summary>A folder for programs that tests fetch; kept from run to run.</summary>
    public static string Tools => Read("RSVP_TEST_TOOLS");

    /// <summary>First port that such a system may use.</summary>
    public static int PortBase => int.Parse(Read("RSVP_TEST_PORT_BASE"), null);

    private static string Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"{name} is not set: run the tests with ./rsvp test, which starts the servers they need.");
}
