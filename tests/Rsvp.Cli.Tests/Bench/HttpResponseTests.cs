using System.Text;
using Rsvp.Bench.Load;

namespace Rsvp.Cli.Tests.Bench;

public sealed class HttpResponseTests
{
    [Fact]
    public void A_response_with_a_content_length_is_read_to_its_last_byte()
    {
        byte[] data = Encoding.ASCII.GetBytes("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\ncontent-length: 4\r\n\r\n{\"a\"");

        Assert.False(HttpResponse.TryRead(data.AsSpan(0, data.Length - 1), out _));
        Assert.True(HttpResponse.TryRead(data, out HttpResponse response));
        Assert.Equal(201, response.StatusCode);
        Assert.Equal("{\"a\"", Encoding.ASCII.GetString(response.Body));
        Assert.True(response.KeepAlive);
    }

    [Fact]
    public void A_chunked_body_is_joined_however_it_was_cut()
    {
        const string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"st\r\nA\r\natus\":\"ok\"\r\n1\r\n}\r\n0\r\n\r\n";
        for (int length = 0; length < text.Length; length++)
        {
            Assert.False(HttpResponse.TryRead(Encoding.ASCII.GetBytes(text[..length]), out _));
        }

        Assert.True(HttpResponse.TryRead(Encoding.ASCII.GetBytes(text), out HttpResponse response));
        Assert.Equal("{\"status\":\"ok\"}", Encoding.ASCII.GetString(response.Body));
    }

    [Fact]
    public void A_connection_that_the_server_closes_is_not_used_again()
    {
        byte[] data = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

        Assert.True(HttpResponse.TryRead(data, out HttpResponse response));
        Assert.Equal(503, response.StatusCode);
        Assert.False(response.KeepAlive);
    }

    [Fact]
    public void What_is_no_response_is_refused() =>
        Assert.Throws<InvalidDataException>(() => HttpResponse.TryRead("SSH-2.0-OpenSSH\r\n\r\n"u8.ToArray(), out _));
}
