using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Rsvp.Api.Requests;

namespace Rsvp.Api.Tests.Requests;

public sealed class RequestIdsTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 31, 18, 0, 0, TimeSpan.Zero);
    private static readonly Guid User = new("11111111-1111-4111-8111-111111111111");
    private static readonly Guid OtherUser = new("22222222-2222-4222-8222-222222222222");
    private static readonly byte[] Body = SHA256.HashData("{}"u8);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly RequestIds _ids;

    public RequestIdsTests() => _ids = Create("a secret of at least 32 characters");

    [Fact]
    public void An_id_without_a_key_is_a_version_7_uuid_that_tells_its_time_and_its_owner()
    {
        var id = _ids.Issue(User);

        Assert.Equal(7, id.Version);
        Assert.True(_ids.Verify(id, User, out var issuedAt));
        Assert.Equal(Now, issuedAt);
    }

    [Fact]
    public void Ids_without_a_key_differ_and_sort_by_time()
    {
        var first = _ids.Issue(User);
        var second = _ids.Issue(User);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var later = _ids.Issue(User);

        Assert.NotEqual(first, second);
        Assert.True(string.CompareOrdinal(first.ToString(), later.ToString()) < 0);
    }

    [Fact]
    public void Another_user_cannot_claim_an_id()
    {
        Assert.False(_ids.Verify(_ids.Issue(User), OtherUser, out _));
        Assert.False(_ids.Verify(Keyed(User, "key"), OtherUser, out _));
    }

    [Fact]
    public void An_id_changed_in_any_bit_is_made_up()
    {
        foreach (var id in new[] { _ids.Issue(User), Keyed(User, "key") })
        {
            for (var bit = 0; bit < 128; bit++)
            {
                var bytes = id.ToByteArray(bigEndian: true);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));

                Assert.False(_ids.Verify(new Guid(bytes, bigEndian: true), User, out _), $"bit {bit}");
            }
        }
    }

    [Fact]
    public void Random_ids_are_made_up()
    {
        Assert.False(_ids.Verify(Guid.NewGuid(), User, out _));
        Assert.False(_ids.Verify(Guid.CreateVersion7(Now), User, out _));
        Assert.False(_ids.Verify(Guid.Empty, User, out _));
    }

    [Fact]
    public void Another_instance_with_the_same_secret_accepts_an_id_and_one_with_another_does_not()
    {
        var id = _ids.Issue(User);

        Assert.True(Create("a secret of at least 32 characters").Verify(id, User, out _));
        Assert.False(Create("another secret of 32 characters!!").Verify(id, User, out _));
    }

    [Fact]
    public void The_same_key_and_body_give_the_same_id_at_any_time()
    {
        var first = Keyed(User, "key");
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(first, Keyed(User, "key"));
        Assert.Equal(8, first.Version);
        Assert.True(_ids.Verify(first, User, out var issuedAt));
        Assert.Null(issuedAt);
    }

    [Fact]
    public void Another_body_is_another_request_under_the_same_key_id()
    {
        var keyId = _ids.KeyId(User, "POST", "/api/activities", "key");

        Assert.NotEqual(_ids.Derive(keyId, Body, User), _ids.Derive(keyId, SHA256.HashData("{ }"u8), User));
    }

    [Fact]
    public void The_key_id_depends_on_user_method_path_and_key()
    {
        Guid[] all =
        [
            _ids.KeyId(User, "POST", "/api/activities", "key"),
            _ids.KeyId(OtherUser, "POST", "/api/activities", "key"),
            _ids.KeyId(User, "PUT", "/api/activities", "key"),
            _ids.KeyId(User, "POST", "/api/activities/x", "key"),
            _ids.KeyId(User, "POST", "/api/activities", "Key"),
        ];

        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Derived_ids_never_change()
    {
        // Clients repeat keys across deployments of this service: a change here breaks every repeat under way.
        var keyId = _ids.KeyId(User, "POST", "/api/activities", "key");
        var requestId = _ids.Derive(keyId, Body, User);

        Assert.Equal(new Guid("74803dd0-a674-8302-9e03-8f1ec2195c64"), keyId);
        Assert.Equal(new Guid("1484b184-9bc9-8d53-83f5-dd8305b0648a"), requestId);
        Assert.Equal(new Guid("fc975b5f-3ade-8df7-8e1a-e9939d37dbf6"), _ids.ActivityOf(requestId));
    }

    [Fact]
    public void Ids_without_a_key_are_forgotten_after_the_retention_and_keyed_ones_never()
    {
        _ids.Verify(_ids.Issue(User), User, out var issuedAt);
        Assert.False(_ids.IsForgotten(issuedAt));

        _time.Advance(RequestIds.Retention + TimeSpan.FromSeconds(1));

        Assert.True(_ids.IsForgotten(issuedAt));
        Assert.False(_ids.IsForgotten(null));
    }

    private Guid Keyed(Guid userId, string key) => _ids.Derive(_ids.KeyId(userId, "POST", "/api/activities", key), Body, userId);

    private RequestIds Create(string secret) => new(Options.Create(new RequestIdOptions { Key = secret }), _time);
}
