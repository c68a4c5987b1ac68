using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using MassTransit;
using MassTransit.Context;
using MassTransit.Metadata;
using MassTransit.Serialization;
using Rsvp.Contracts;
using Rsvp.Hosting.Json;
using Rsvp.Hosting.Messaging.Json;

namespace Rsvp.Hosting.Tests.Messaging;

/// <summary>Our messages are read and written by generated code, and nobody can tell from the outside: the library reads them, and what the library wrote is read.</summary>
public sealed class ContractSerializerTests
{
    private static readonly Guid Id = new("0198a000-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly SystemTextJsonMessageSerializer Library = SystemTextJsonMessageSerializer.Instance;
    private static readonly ContractSerializer Ours = new();

    private static readonly Command Submit = new()
    {
        RequestId = Id,
        Name = CommandNames.SubmitRsvp,
        ActivityId = Id,
        Caller = new Caller { UserId = Id, Name = "Zoë \"Z\" <O'Brien>\u2028", Email = "zoe@example.org" },
        SubmittedAt = Noon,
        SubmitRsvp = new SubmitRsvp { GuestCount = 2 },
    };

    private static readonly CapacityDocument Capacity = new() { ActivityId = Id, Capacity = 9, Confirmed = 3, Offered = 1, Available = 5, Waitlisted = 0, CheckedIn = 0, Version = 4 };

    private static readonly CommandBatch Batch = new() { BatchId = Id, Partition = 3, ReplyTo = "api-1", Commands = [Submit, Submit with { IfMatch = new IfMatch { Version = 7 } }] };

    private static readonly object[] Messages =
    [
        Batch,
        new BatchApplied
        {
            BatchId = Id,
            Partition = 3,
            Outcomes =
            [
                new CommandOutcome { RequestId = Id, Command = Submit.Name, UserId = Id, ActivityId = Id, SubmittedAt = Noon, CompletedAt = Noon, Problem = new ProblemDocument { Code = "full" } },
            ],
        },
        new FailCommands { Partition = 3, Commands = [Submit] },
        new ActivityChanged
        {
            ActivityId = Id,
            Version = 4,
            At = Noon,
            Capacity = Capacity,
            WaitlistLength = 0,
            Rsvps = [new RsvpChanged { RsvpId = Id, UserId = Id, Status = "confirmed", RsvpVersion = 1 }],
        },
        new NotificationsIssued { ActivityId = Id, At = Noon, Notifications = [] },
        new VacancyOpened { ActivityId = Id, Version = 4 },
        new PassCompleted { ActivityId = Id, Version = 4, PassNumber = 2, PlacesPromoted = 5, MoreLeft = false },
        new PassOverdue { ActivityId = Id },
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Messages.Length)];

    [Fact]
    public void Every_message_that_has_an_envelope_is_tried_here()
    {
        var known = typeof(ContractJson).GetProperties()
            .Where(property => property.Name.StartsWith("Envelope", StringComparison.Ordinal))
            .Select(property => property.Name["Envelope".Length..]);

        Assert.Equal(known.Order(), Messages.Select(message => message.GetType().Name).Order());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_library_reads_what_is_written(int message)
    {
        var (bytes, _) = Write(Ours, Messages[message]);

        AssertSame(Messages[message], Read(Library, bytes, Messages[message].GetType()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_the_library_wrote_is_read(int message)
    {
        var (bytes, _) = Write(Library, Messages[message]);

        AssertSame(Messages[message], Read(Ours, bytes, Messages[message].GetType()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_message_comes_back_as_it_was_and_without_a_tree_of_JSON(int message)
    {
        var (bytes, body) = Write(Ours, Messages[message]);

        AssertSame(Messages[message], Read(Ours, bytes, Messages[message].GetType()));
        Assert.StartsWith(nameof(ContractBody<>), body.GetType().Name, StringComparison.Ordinal);
        Assert.IsType<ContractContext>(Deserialize(Ours, bytes));
    }

    [Fact]
    public void The_envelope_says_what_the_librarys_says()
    {
        var context = Envelop(Batch);

        var ours = Deserialize(Library, Ours.GetMessageBody(context).GetBytes());
        var library = Deserialize(Ours, Library.GetMessageBody(context).GetBytes());

        Assert.All([ours, library], read =>
        {
            Assert.Equal(context.MessageId, read.MessageId);
            Assert.Equal(context.RequestId, read.RequestId);
            Assert.Equal(context.CorrelationId, read.CorrelationId);
            Assert.Equal(context.ConversationId, read.ConversationId);
            Assert.Equal(context.InitiatorId, read.InitiatorId);
            Assert.Equal(context.SourceAddress, read.SourceAddress);
            Assert.Equal(context.DestinationAddress, read.DestinationAddress);
            Assert.Equal(context.ResponseAddress, read.ResponseAddress);
            Assert.Equal(context.FaultAddress, read.FaultAddress);
            Assert.Equal(["urn:message:Rsvp.Contracts:CommandBatch"], read.SupportedMessageTypes);
            Assert.Equal("a value", read.Headers.Get<string>("a-header"));
            Assert.NotNull(read.SentTime);
            Assert.NotNull(read.ExpirationTime);
            Assert.Equal(HostMetadataCache.Host.MachineName, read.Host.MachineName);
        });
    }

    [Fact]
    public void What_is_not_set_is_not_written()
    {
        var (ours, _) = Write(Ours, Batch);
        var (library, _) = Write(Library, Batch);

        Assert.DoesNotContain("null", Encoding.UTF8.GetString(ours), StringComparison.Ordinal);
        // Control: the library writes each of the bodies that a command does not have.
        Assert.Contains("\"cancelRsvp\":null", Encoding.UTF8.GetString(library).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_that_is_not_the_default_is_read_by_both_as_null()
    {
        var create = new CreateActivity { Settings = new ActivitySettings { Title = "Lecture", StartsAt = Noon, SkipLimit = null } };
        var batch = Batch with { Commands = [Submit with { SubmitRsvp = null, CreateActivity = create }] };

        Assert.All(
            from writer in new IMessageSerializer[] { Ours, Library }
            from reader in new IMessageDeserializer[] { Ours, Library }
            select (CommandBatch)Read(reader, Write(writer, batch).Bytes, typeof(CommandBatch)),
            read => Assert.Null(read.Commands[0].CreateActivity!.Settings.SkipLimit));
    }

    [Fact]
    public void Headers_that_are_not_text_are_kept_by_the_library()
    {
        var context = Envelop(Batch);
        context.Headers.Set("attempts", 3);

        var body = Ours.GetMessageBody(context);

        Assert.IsType<SystemTextJsonMessageBody<CommandBatch>>(body);
        Assert.Equal(3, Deserialize(Ours, body.GetBytes()).Headers.Get<int>("attempts"));
    }

    [Fact]
    public void Messages_of_others_are_the_librarys()
    {
        var context = new MessageSendContext<Foreign>(new Foreign("x"));

        var body = Ours.GetMessageBody(context);

        Assert.IsType<SystemTextJsonMessageBody<Foreign>>(body);
        var read = Deserialize(Ours, body.GetBytes());
        Assert.IsNotType<ContractContext>(read);
        Assert.True(read.TryGetMessage<Foreign>(out var message));
        Assert.Equal("x", message!.Text);
    }

    [Fact]
    public void A_message_is_of_no_other_type()
    {
        var read = Deserialize(Ours, Write(Ours, Batch).Bytes);

        Assert.False(read.TryGetMessage<BatchApplied>(out _));
        Assert.False(read.TryGetMessage(typeof(BatchApplied), out _));
        Assert.True(read.TryGetMessage(typeof(CommandBatch), out var message));
        AssertSame(Batch, message);
    }

    [Fact]
    public void A_message_that_is_passed_on_is_the_same()
    {
        var read = Deserialize(Ours, Write(Ours, Batch).Bytes);

        var passedOn = read.GetMessageSerializer().GetMessageBody(new MessageSendContext<CommandBatch>(Batch)).GetBytes();

        AssertSame(Batch, Read(Ours, passedOn, typeof(CommandBatch)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"messageType":["\ud800"]}""")]
    [InlineData("""{"messageType":["urn:message:Rsvp.Contracts:PassOverdue"]}""")]
    [InlineData("""{"messageType":["urn:message:Rsvp.Contracts:PassOverdue"],"message":null}""")]
    [InlineData("""{"messageType":["urn:message:Rsvp.Contracts:PassOverdue"],"message":{}}""")]
    [InlineData("""{"messageType":["urn:message:Rsvp.Contracts:PassOverdue"],"message":{"activityId":"no id"}}""")]
    [InlineData("""{"messageType":["urn:message:Rsvp.Contracts:PassOverdue"],"message":{"activityId":"0198a000-0000-7000-8000-000000000001"}""")]
    public void What_is_no_message_is_refused_as_such(string json)
    {
        Assert.ThrowsAny<SerializationException>(() => Deserialize(Ours, Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("""{"message":{"activityId":"0198a000-0000-7000-8000-000000000001"},"messageType":["urn:message:Rsvp.Contracts:PassOverdue"]}""")]
    [InlineData("""{"sequence":{"deep":[1,{"messageType":"no"}]},"messageType":["urn:message:Rsvp.Contracts:PassOverdue"],"message":{"later":1,"activityId":"0198a000-0000-7000-8000-000000000001"},"later":{}}""")]
    public void The_order_of_fields_and_those_of_later_builds_make_no_difference(string json)
    {
        AssertSame(new PassOverdue { ActivityId = Id }, Read(Ours, Encoding.UTF8.GetBytes(json), typeof(PassOverdue)));
    }

    private static MessageSendContext<T> Envelop<T>(T message)
        where T : class
    {
        var context = new MessageSendContext<T>(message)
        {
            MessageId = NewId.NextGuid(),
            RequestId = NewId.NextGuid(),
            CorrelationId = NewId.NextGuid(),
            ConversationId = NewId.NextGuid(),
            InitiatorId = NewId.NextGuid(),
            SourceAddress = new Uri("rabbitmq://broker/source"),
            DestinationAddress = new Uri("rabbitmq://broker/destination"),
            ResponseAddress = new Uri("rabbitmq://broker/response"),
            FaultAddress = new Uri("rabbitmq://broker/fault"),
            TimeToLive = TimeSpan.FromHours(1),
        };
        context.Headers.Set("a-header", "a value");
        return context;
    }

    private static (byte[] Bytes, MessageBody Body) Write(IMessageSerializer serializer, object message)
    {
        var body = (MessageBody)typeof(ContractSerializerTests).GetMethod(nameof(BodyOf), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(message.GetType())
            .Invoke(null, [serializer, message])!;
        return (body.GetBytes(), body);
    }

    private static MessageBody BodyOf<T>(IMessageSerializer serializer, T message)
        where T : class => serializer.GetMessageBody(Envelop(message));

    private static SerializerContext Deserialize(IMessageDeserializer deserializer, byte[] bytes) => deserializer.Deserialize(new BytesMessageBody(bytes), EmptyHeaders.Instance);

    private static object Read(IMessageDeserializer deserializer, byte[] bytes, Type type) =>
        Deserialize(deserializer, bytes).TryGetMessage(type, out var message) ? message : throw new InvalidOperationException("It is of another type.");

    // Records that hold lists are equal when they are the same object only.
    private static void AssertSame(object expected, object? actual) => Assert.Equal(
        JsonSerializer.Serialize(expected, expected.GetType(), ContractJson.Default),
        JsonSerializer.Serialize(actual, expected.GetType(), ContractJson.Default));

    private sealed record Foreign(string Text);
}
